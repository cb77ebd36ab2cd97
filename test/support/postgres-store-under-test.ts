import { randomUUID } from 'node:crypto';
import { UNIT_KINDS } from '../../src/domain/experiments/definition.js';
import { AnalyticsStore } from '../../src/modules/analytics/analytics-store.reader.js';
import type { StoredExperiment, StoreUnderTest } from './analytics-store-trial.js';
import { evaluatedExperiment, log, type LoggedRow } from './evaluated-experiment.js';
import { dayAt, inParts } from './happened-rows.js';
import type { HappenedRow } from './moments-oracle-units.js';
import { startTestApp, type TestApp } from './test-app.js';

const BATCH_MAX = 500;

/**
 * PostgreSQL behind the application. Rows go through the API, as anybody sends them; those with
 * something that the API decides by itself (a time of arrival, an import, another kind of unit than
 * the experiment was launched with) are put straight into the log.
 */
export async function openPostgresStore(): Promise<StoreUnderTest> {
  const app = await startTestApp();
  const receivedAt = dayAt(600);
  await app.moveClock(receivedAt);
  const keys = new Map<string, string>();
  const imports = new Imports(app);
  return {
    store: app.app.get(AnalyticsStore),
    receivedAt,
    experiment: async (changes) => {
      const experiment = await evaluatedExperiment(app, changes);
      keys.set(experiment.id, experiment.key);
      return experiment;
    },
    write: async (experiment, rows) => {
      const raw = rows.filter(isRaw);
      const numbers = await imports.numbersOf(experiment, raw);
      await log(
        app,
        experiment,
        raw.map((row) => ({ receivedAt, ...loggedRow(row, numbers) })),
      );
      const sent = rows.filter((row) => !isRaw(row));
      for (const batch of inParts(sent, Math.ceil(sent.length / BATCH_MAX))) {
        await post(
          app,
          batch.map((row) => bodyOf(row, keys.get(row.experiment ?? '') ?? '')),
        );
      }
    },
    reverseImport: (name) => imports.reverse(name),
    eraseUnit: async (unit) => {
      await app.ok('post', '/v1/units/erasure', { unit });
    },
    storeRates: async (date, rates) => {
      const body = { date, base: 'USD', rates, source: 'a test' };
      await app.ok('put', '/v1/exchange-rates', body);
    },
    close: () => app.close(),
  };
}

function isRaw(row: HappenedRow): boolean {
  return (
    row.receivedAt !== undefined ||
    row.import !== undefined ||
    row.unassigned !== undefined ||
    (row.type === 'exposure' && row.unit.kind !== 'visitor')
  );
}

/** The event as a client sends it. */
export function bodyOf(row: HappenedRow, experiment: string): Record<string, unknown> {
  const { id, type, unit, at, variant, name, value, amountMinor, currency, refersTo } = row;
  const common = { id, type, occurredAt: at };
  switch (type) {
    case 'exposure':
      return { ...common, unit, experiment, variant, attributes: row.properties };
    case 'event':
      return { ...common, unit, name, value, properties: row.properties };
    case 'money': {
      const entry = { name, amountMinor, currency, refersTo, properties: row.properties };
      return { ...common, unit, ...entry };
    }
    case 'identify':
      return { ...common, from: unit, to: row.to };
  }
}

async function post(app: TestApp, events: readonly object[]): Promise<void> {
  const { body } = await app.ok('post', '/v1/events', { events });
  const { results } = body as { results: { status: string }[] };
  const others = results.filter(({ status }) => status !== 'accepted');
  if (others.length > 0) throw new Error(`not taken: ${JSON.stringify(others[0])}`);
}

/** The row as the log holds it; a link goes up. */
export function loggedRow(row: HappenedRow, imports: ReadonlyMap<string, number>): LoggedRow {
  const { unit, to, import: brought, experiment: _experiment, type: _type, ...rest } = row;
  const isDownward =
    to !== undefined && UNIT_KINDS.indexOf(unit.kind) > UNIT_KINDS.indexOf(to.kind);
  const [from, up] = isDownward ? [to, unit] : [unit, to];
  const number = brought === undefined ? undefined : imports.get(brought);
  return {
    ...rest,
    unit: from.id,
    kind: from.kind,
    ...(up === undefined ? {} : { to: up }),
    ...(number === undefined ? {} : { import: number }),
  };
}

/** Imports by the names that rows give them. */
class Imports {
  private readonly known = new Map<string, { id: string; number: number }>();

  constructor(private readonly app: TestApp) {}

  /** The numbers under which rows name their imports, which are begun where they are new. */
  async numbersOf(
    { projectId }: StoredExperiment,
    rows: readonly HappenedRow[],
  ): Promise<ReadonlyMap<string, number>> {
    for (const { import: name } of rows) {
      if (name !== undefined && !this.known.has(name)) await this.begin(projectId, name);
    }
    return new Map([...this.known].map(([name, { number }]) => [name, number]));
  }

  async reverse(name: string): Promise<void> {
    const id = this.known.get(name)?.id ?? '';
    // Names are used again by the next trial.
    this.known.delete(name);
    await this.app.ok('post', `/v1/imports/${id}/reverse`, { reason: 'a test' });
  }

  private async begin(projectId: string, name: string): Promise<void> {
    const id = randomUUID();
    const [row] = await this.app.sql<{ number: number }>(
      `INSERT INTO event_import (project_id, id, name, format, status, started_at, updated_at)
       VALUES ($1, $2, $3, 'ndjson', 'done', becausal_now(), becausal_now())
       RETURNING event_import.number`,
      [projectId, id, name],
    );
    this.known.set(name, { id, number: row?.number ?? 0 });
  }
}
