import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as ApiModule from '../../scripts/lib/api.mjs';
import type * as RowsModule from '../../scripts/lib/hillstrom.mjs';
import type * as ImportModule from '../../scripts/lib/hillstrom-import.mjs';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const script = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(REPOSITORY, 'scripts', 'lib', name)).href)) as T;

const TIMEOUT_MS = 240_000;
const CUSTOMERS = 64_000;
const EVENTS = 74_550;
/** As many as one request takes. */
const BATCH = 500;

interface Counts {
  accepted: number;
  duplicates: number;
  rejected: number;
}

interface Event {
  id: string;
  type: string;
  unit: { kind: string; id: string };
  occurredAt: string;
  experiment?: string;
  variant?: string;
  name?: string;
  amountMinor?: number;
  currency?: string;
}

type Send = (app: TestApp, events: readonly Event[]) => Promise<Counts>;

const COLUMNS: readonly (readonly [string, (event: Event) => string | number | undefined])[] = [
  ['id', ({ id }) => id],
  ['type', ({ type }) => type],
  ['unitKind', ({ unit }) => unit.kind],
  ['unitId', ({ unit }) => unit.id],
  ['occurredAt', ({ occurredAt }) => occurredAt],
  ['experiment', ({ experiment }) => experiment],
  ['variant', ({ variant }) => variant],
  ['name', ({ name }) => name],
  ['amountMinor', ({ amountMinor }) => amountMinor],
  ['currency', ({ currency }) => currency],
];

/** No cell of this data has a comma or a quote. */
function tableOf(events: readonly Event[]): string {
  const rows = events.map((event) => COLUMNS.map(([, cell]) => cell(event) ?? '').join(','));
  return [COLUMNS.map(([column]) => column).join(','), ...rows].join('\n');
}

async function sendFile(app: TestApp, type: string, file: string): Promise<Counts> {
  const { status, body } = await app.upload('/v1/events', type, file);
  expect([status, body.import?.status]).toEqual([200, 'done']);
  return body.import as Counts;
}

const WAYS: readonly (readonly [string, Send])[] = [
  [
    'JSON batches',
    async (app, events) => {
      const counts = { accepted: 0, duplicates: 0, rejected: 0 };
      for (let at = 0; at < events.length; at += BATCH) {
        const batch = events.slice(at, at + BATCH);
        const { body } = await app.ok('post', '/v1/events', { events: batch });
        for (const { status } of body.results as { status: string }[]) {
          counts[status === 'duplicate' ? 'duplicates' : (status as 'accepted' | 'rejected')] += 1;
        }
      }
      return counts;
    },
  ],
  [
    'NDJSON',
    async (app, events) =>
      await sendFile(
        app,
        'application/x-ndjson',
        events.map((event) => JSON.stringify(event)).join('\n'),
      ),
  ],
  ['CSV', async (app, events) => await sendFile(app, 'text/csv', tableOf(events))],
];

describeWith(
  sharedFile('experiments', 'hillstrom.csv.gz'),
  'a real e-mail test with 64,000 customers, in by three formats',
  (file) => {
    /** The evaluation of the same data in a database of its own. */
    async function evaluated(send: Send): Promise<{ counts: Counts[]; result: unknown }> {
      const { createApi } = await script<typeof ApiModule>('api.mjs');
      const { CALENDAR, exposuresOf, outcomesByDay, readRows } =
        await script<typeof RowsModule>('hillstrom.mjs');
      const { evaluate, prepareExperiment, resultOf } =
        await script<typeof ImportModule>('hillstrom-import.mjs');
      const rows = readRows(readFileSync(file));
      expect(rows).toHaveLength(CUSTOMERS);
      const days = outcomesByDay(rows);
      const app = await startTestApp();
      try {
        const api = createApi({ url: await app.app.getUrl(), key: ADMIN_KEY });
        await prepareExperiment(api);
        await api.moveClock(new Date(CALENDAR.sent.getTime() + 60_000));
        const counts = [await send(app, exposuresOf(rows) as Event[])];
        await api.moveClock(days.at(-1)?.until ?? CALENDAR.matured);
        counts.push(
          await send(
            app,
            days.flatMap(({ events }) => events as Event[]),
          ),
        );
        await api.moveClock(CALENDAR.matured);
        return { counts, result: resultOf(await evaluate(api)) };
      } finally {
        await app.close();
      }
    }

    it(
      'gives results that are equal to the last digit',
      async () => {
        const outcomes = [];
        for (const [, send] of WAYS) outcomes.push(await evaluated(send));
        for (const { counts, result } of outcomes) {
          expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(EVENTS);
          expect(counts.every((one) => one.duplicates === 0 && one.rejected === 0)).toBe(true);
          // As text: two numbers that print alike are the same number.
          expect(JSON.stringify(result)).toBe(JSON.stringify(outcomes[0]?.result));
        }
      },
      TIMEOUT_MS,
    );
  },
);
