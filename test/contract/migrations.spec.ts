import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { migrate } from '../../src/platform/database/prepare-database.js';
import { cloneDatabase, clusterUrl, withDatabaseName } from '../support/database.js';

let database: { url: string; drop: () => Promise<void> };
let source: DataSource;
beforeAll(async () => {
  database = await cloneDatabase();
  source = await new DataSource(dataSourceOptions(database.url)).initialize();
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

/** What a schema is made of; names are part of it, because errors are matched by constraint name. */
const PARTS: Readonly<Record<string, string>> = {
  columns: `
    SELECT columns.table_name, columns.column_name, columns.data_type, columns.udt_name,
           columns.is_nullable, columns.column_default, columns.is_identity, columns.is_generated,
           columns.generation_expression
    FROM information_schema.columns WHERE columns.table_schema = 'public'
      AND columns.table_name <> 'migration'
    ORDER BY columns.table_name, columns.column_name`,
  constraints: `
    SELECT pg_constraint.conname, pg_constraint.conrelid::regclass::text AS on_table,
           pg_get_constraintdef(pg_constraint.oid) AS definition
    FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = pg_constraint.connamespace
    WHERE pg_namespace.nspname = 'public' AND pg_constraint.conrelid <> 'migration'::regclass
    ORDER BY 1, 2`,
  indexes: `
    SELECT pg_indexes.indexname, pg_indexes.indexdef FROM pg_indexes
    WHERE pg_indexes.schemaname = 'public' AND pg_indexes.tablename <> 'migration' ORDER BY 1`,
  functions: `
    SELECT pg_proc.proname, pg_get_functiondef(pg_proc.oid) AS definition
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pg_proc.pronamespace
    WHERE pg_namespace.nspname = 'public' ORDER BY 1`,
  triggers: `
    SELECT pg_trigger.tgname, pg_get_triggerdef(pg_trigger.oid) AS definition
    FROM pg_trigger WHERE NOT pg_trigger.tgisinternal ORDER BY 1`,
  sequences: `
    SELECT sequences.sequence_name, sequences.data_type FROM information_schema.sequences
    WHERE sequences.sequence_schema = 'public' ORDER BY 1`,
  types: `
    SELECT pg_type.typname FROM pg_type JOIN pg_namespace ON pg_namespace.oid = pg_type.typnamespace
    WHERE pg_namespace.nspname = 'public' AND pg_type.typtype IN ('d', 'e') ORDER BY 1`,
};

async function schemaOf(connection: DataSource): Promise<Record<string, unknown[]>> {
  const parts: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(PARTS)) {
    parts[name] = (await connection.query(sql)) as unknown[];
  }
  return parts;
}

async function wantedChanges(connection: DataSource): Promise<string[]> {
  const { upQueries } = await connection.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

/** A database that no migration has touched. */
async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `empty_${process.pid}_${Date.now()}`;
  const admin = new Client(clusterUrl());
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    url: withDatabaseName(clusterUrl(), name),
    drop: async () => {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

describe('migrations', () => {
  it('go up, all the way down, and up again to the same schema', async () => {
    const empty = await emptyDatabase();
    const connection = await new DataSource(dataSourceOptions(empty.url)).initialize();
    try {
      await migrate(connection);
      const first = await schemaOf(connection);
      expect(first['columns']?.length).toBeGreaterThan(100);
      for (let left = connection.migrations.length; left > 0; left -= 1) {
        await connection.undoLastMigration({ transaction: 'each' });
      }
      const nothing = Object.fromEntries(Object.keys(PARTS).map((part) => [part, []]));
      expect(await schemaOf(connection)).toEqual({
        ...nothing,
        // The list of what has run is TypeORM's own.
        sequences: [{ sequence_name: 'migration_id_seq', data_type: 'integer' }],
      });
      await migrate(connection);
      expect(await schemaOf(connection)).toEqual(first);
    } finally {
      await connection.destroy();
      await empty.drop();
    }
  });

  it('leave nothing that the entities would change', async () => {
    expect(await wantedChanges(source)).toEqual([]);
  });

  it('are compared with the entities in earnest: a column that no entity knows is found', async () => {
    await source.query('ALTER TABLE metric ADD COLUMN unknown_to_entities integer');
    expect((await wantedChanges(source)).join('\n')).toContain('unknown_to_entities');
    await source.query('ALTER TABLE metric DROP COLUMN unknown_to_entities');
  });

  it('may be started by two services at once: one does the work, the other waits', async () => {
    const empty = await emptyDatabase();
    const twins = await Promise.all(
      [1, 2].map(() => new DataSource(dataSourceOptions(empty.url)).initialize()),
    );
    try {
      await Promise.all(twins.map((twin) => migrate(twin)));
      const [first] = twins;
      const rows = (await first?.query('SELECT count(*)::int AS n FROM migration')) as unknown[];
      expect(rows).toEqual([{ n: first?.migrations.length }]);
    } finally {
      await Promise.all(twins.map((twin) => twin.destroy()));
      await empty.drop();
    }
  });
});
