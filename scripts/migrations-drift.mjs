// `npm run check:migrations`: after all migrations the entities must ask for no change of the schema.
import { DataSource } from 'typeorm';
import { built, onThrowAwayDatabase } from './throw-away.mjs';

const wanted = await onThrowAwayDatabase(async ({ url }) => {
  const { dataSourceOptions } = await built('platform/database/data-source-options.js');
  const { migrate } = await built('platform/database/prepare-database.js');
  const source = await new DataSource(dataSourceOptions(url)).initialize();
  try {
    await migrate(source);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await source.destroy();
  }
});

if (wanted.length > 0) {
  console.error('The entities and the migrated schema differ. The entities ask for:');
  console.error(wanted.map((sql) => `  ${sql};`).join('\n'));
  process.exitCode = 1;
}
