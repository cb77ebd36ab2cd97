import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EvaluationResult, MetricReport } from '../../src/domain/evaluation/result.js';
import type * as ApiModule from '../../scripts/lib/api.mjs';
import type * as RowsModule from '../../scripts/lib/hillstrom.mjs';
import type * as ImportModule from '../../scripts/lib/hillstrom-import.mjs';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { REPOSITORY } from '../support/source-files.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

/** The importer itself is what is tested, as it stands beside the compiled tests. */
const script = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(join(REPOSITORY, 'scripts', 'lib', name)).href)) as T;

const TIMEOUT_MS = 240_000;
const NUMBERS = 92;
const EVENTS = 74_550;
/** Invented: what one e-mail costs. */
const E_MAIL = { how: 'unit_price', event: 'email_sent', amountMinor: 50, currency: 'USD' };
const CENTS = 100;

/** What an arm spent, and what its e-mails cost, in cents. */
interface ByHand {
  variant: string;
  units: number;
  spent: number;
  onMail: number;
}

/** What either e-mail brought above none, over everybody who got it. */
function expectProjections(profit: MetricReport | undefined, byHand: readonly ByHand[]): void {
  const perUnit = byHand.map(({ spent, onMail, units }) => (spent + onMail) / CENTS / units);
  const { comparisons = [], projections = [] } = profit ?? {};
  expect(projections.map(({ variant }) => variant)).toEqual(['mens', 'womens']);
  for (const [at, { soFar }] of projections.entries()) {
    const { units = 0 } = byHand[at + 1] ?? {};
    const difference = (perUnit[at + 1] ?? 0) - (perUnit[0] ?? 0);
    expect(soFar.units).toBe(units);
    expect(soFar.estimate).toBeCloseTo(difference * units, 6);
    expect(soFar.lower).toBeCloseTo((comparisons[at]?.absolute?.lower ?? NaN) * units, 6);
  }
}

describeWith(
  sharedFile('experiments', 'hillstrom.csv.gz'),
  'a real e-mail test with 64,000 customers, over HTTP',
  (file) => {
    const published: unknown = JSON.parse(
      readFileSync(sharedFile('experiments', 'hillstrom-expected.json') ?? '', 'utf8'),
    );
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp();
    });
    afterAll(() => app.close());

    it(
      'gives every published number, and the same file twice changes nothing',
      async () => {
        const { createApi } = await script<typeof ApiModule>('api.mjs');
        const { comparePublished, readRows } = await script<typeof RowsModule>('hillstrom.mjs');
        const { evaluate, playRows, prepareExperiment, resendRows, resultOf } =
          await script<typeof ImportModule>('hillstrom-import.mjs');
        const api = createApi({ url: await app.app.getUrl(), key: ADMIN_KEY });
        const rows = readRows(readFileSync(file));
        expect(rows).toHaveLength(64_000);

        const { costs } = (await api.get('/v1/project')) as { costs: object };
        const project = await api.edit('/v1/project', { costs: { ...costs, e_mail: E_MAIL } });
        expect(project).toMatchObject({ costs: { e_mail: E_MAIL } });
        await prepareExperiment(api);
        expect(await playRows(api, rows)).toEqual({ accepted: EVENTS, duplicate: 0 });
        const first = await evaluate(api);
        const compared = comparePublished(first, published);
        expect(compared).toHaveLength(NUMBERS);
        expect(compared.filter(({ agrees }) => !agrees)).toEqual([]);
        expect(first).toMatchObject({
          plannedLook: 1,
          verdict: { profitCoverage: 'partial' },
          health: { crossovers: 0, lateEvents: 0, outsideCohort: 0 },
        });

        expect(await resendRows(api, rows)).toEqual({ accepted: 0, duplicate: EVENTS });
        expect(resultOf(await evaluate(api))).toEqual(resultOf(first));
      },
      TIMEOUT_MS,
    );

    it(
      'with an invented cost of 0.50 USD for each e-mail sent, profit is what a hand computes',
      async () => {
        const { createApi, postEvents } = await script<typeof ApiModule>('api.mjs');
        const { CALENDAR, readRows } = await script<typeof RowsModule>('hillstrom.mjs');
        const { evaluate } = await script<typeof ImportModule>('hillstrom-import.mjs');
        const api = createApi({ url: await app.app.getUrl(), key: ADMIN_KEY });
        const rows = readRows(readFileSync(file));
        const written = rows.filter(({ variant }) => variant !== 'control');
        const counts = await postEvents(
          api,
          written.map(({ unit }) => ({
            id: `${unit}-e-mail`,
            type: 'event',
            name: E_MAIL.event,
            unit: { kind: 'user', id: unit },
            occurredAt: CALENDAR.sent.toISOString(),
          })),
        );
        expect(counts).toEqual({ accepted: written.length, duplicate: 0 });

        const result = (await evaluate(api)) as unknown as EvaluationResult;
        const profit = result.metrics.find(({ key }) => key === 'profit');
        const byHand = ['control', 'mens', 'womens'].map((variant): ByHand => {
          const own = rows.filter((row) => row.variant === variant);
          const spent = own.reduce((sum, { cents }) => sum + cents, 0);
          const onMail = variant === 'control' ? 0 : -E_MAIL.amountMinor * own.length;
          return { variant, units: own.length, spent, onMail };
        });
        // Written down once by hand, so that a file or a reader that lost rows would be seen.
        expect(byHand.map(({ units }) => units)).toEqual([21_306, 21_307, 21_387]);
        const { composition, arms } = profit ?? {};
        const major = (pick: (one: ByHand) => number) =>
          byHand.map((one) => ({
            variant: one.variant,
            total: pick(one) / CENTS,
            perUnit: expect.closeTo(pick(one) / CENTS / one.units, 12) as number,
          }));
        const none = major(() => 0);
        expect(composition?.parts).toEqual([
          { name: 'revenue', how: 'entries', arms: major(({ spent }) => spent) },
          { name: 'refund', how: 'entries', arms: none },
          { name: 'chargeback', how: 'entries', arms: none },
          { name: 'e_mail', how: 'unit_price', arms: major(({ onMail }) => onMail) },
          { name: 'other', how: 'other', arms: none },
        ]);
        const totals = major(({ spent, onMail }) => spent + onMail);
        expect(composition?.totals).toEqual(
          totals.map((one, arm) => ({ ...one, units: byHand[arm]?.units })),
        );
        expect(arms?.map(({ mean }) => mean)).toEqual(totals.map(({ perUnit }) => perUnit));
        expect(composition).not.toHaveProperty('leftOut');
        expectProjections(profit, byHand);

        // The brief says it in words: 0.92 spent by each, less 0.50 for the e-mail.
        const brief = await api.get(`/v1/experiments/${result.experimentKey}/brief`);
        const said = (brief['money'] as { waterfalls: { sentence: string }[] }).waterfalls.map(
          ({ sentence }) => sentence,
        );
        expect(said).toHaveLength(byHand.length);
        for (const [arm, { variant, units, spent, onMail }] of byHand.entries()) {
          const dollars = (cents: number) => (cents / CENTS / units).toFixed(2);
          expect(said[arm]).toContain(
            `each of the ${units.toLocaleString('en-US')} units in ${variant} brought ${dollars(spent + onMail)} USD`,
          );
          expect(said[arm]).toContain(
            `(revenue ${dollars(spent)} USD, e mail ${onMail === 0 ? '0.00' : '-0.50'} USD)`,
          );
        }
      },
      TIMEOUT_MS,
    );
  },
);
