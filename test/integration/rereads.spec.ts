import { evaluate as recompute } from '../../src/domain/evaluation/evaluate.js';
import { NO_HISTORY } from '../../src/domain/evaluation/history.js';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { canonicalJson } from '../../src/domain/experiments/canonical-json.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { rereadPlan } from '../../src/domain/rereads/reread-plan.js';
import type { Reread } from '../../src/domain/rereads/reread.js';
import { studentT } from '../../src/stats/distributions.js';
import { at, START } from '../support/evaluation-views.js';
import {
  ARM,
  decideOn,
  liveUntil,
  openShop,
  refund,
  type Shop,
  STANDARD_ERROR,
} from '../support/reread-story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DECIDED = 55;
/** The arms have the same variance, so the degrees of freedom are those of both together. */
const halfWidth = (alpha: number): number =>
  -studentT.quantile(alpha / 2, 2 * ARM - 2) * STANDARD_ERROR;

/** Whole days since the start: the clock runs on while a test speaks to it. */
const dayOf = (instant: string): number =>
  Math.floor((Date.parse(instant) - Date.parse(START)) / 86_400_000);

/** The visitors and their money are invented. */
describe('after the decision', () => {
  let app: TestApp;
  let held: Shop;
  let lost: Shop;
  let promised: Shop;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(START);
    held = await openShop(app, 'held', { control: 11, short: 13 });
    lost = await openShop(app, 'lost', { control: 11, short: 12 });
    promised = await openShop(
      app,
      'promised',
      { control: 11, short: 11 },
      {
        assignment: 'internal',
        traffic: 0.1,
        analysis: { provisionalLossCap: { amountMinor: 100_000_000_00, currency: 'USD' } },
      },
    );
  });
  afterAll(() => app.close());

  const rereads = async ({ key }: Shop): Promise<Reread[]> =>
    ((await app.ok('get', `/v1/experiments/${key}/rereads`)).body as { data: Reread[] }).data;
  const one = async (shop: Shop, days: number | undefined): Promise<Reread> => {
    const found = (await rereads(shop)).find((reread) => reread.days === days);
    if (found === undefined) throw new Error(`no re-read after ${days} days`);
    const { body } = await app.ok('get', `/v1/experiments/${shop.key}/rereads/${found.id}`);
    expect(body).toMatchObject(found);
    return body as Reread;
  };
  const outcomesOf = async ({ key }: Shop): Promise<string[]> => {
    const rows = await app.sql<{ facts: { outcomes: { outcome: string }[] } }>(
      `SELECT timeline_entry.facts FROM timeline_entry
       JOIN experiment ON experiment.id = timeline_entry.experiment_id
       WHERE experiment.key = $1 AND timeline_entry.what = 'reread' ORDER BY timeline_entry.id`,
      [key],
    );
    return rows.flatMap(({ facts }) => facts.outcomes.map(({ outcome }) => outcome));
  };

  const noticesOf = ({ id }: Shop) =>
    app.sql<{ kind: string; severity: string; open: boolean }>(
      `SELECT notice.kind, notice.severity, notice.ended_at IS NULL AS open FROM notice
       WHERE notice.experiment_id = $1 AND notice.kind IN ('verdict_revised', 'roll_back_proposed')
       ORDER BY notice.kind, notice.id`,
      [id],
    );

  it('a provisional ship plans the day it promised beside the horizons', async () => {
    await decideOn(app, promised, 12, {
      action: 'ship_provisional',
      variant: 'short',
      reason: 'The click has won, and waiting costs.',
      holdBack: 0.05,
      rereadAt: at(60),
    });
    const planned = await rereads(promised);
    expect(
      planned.map(({ kind, days, dueAt, status }) => [kind, days, dayOf(dueAt), status]),
    ).toEqual([
      ['horizon', 30, 42, 'due'],
      ['provisional', undefined, 60, 'due'],
      ['horizon', 90, 102, 'due'],
      ['horizon', 180, 192, 'due'],
      ['horizon', 365, 377, 'due'],
    ]);
    expect(planned.every(({ findings }) => findings.length === 0)).toBe(true);
    await liveUntil(app, 43);
    // On day 42 the last unit could not have had its 30 days and 14 to settle.
    expect(await one(promised, 30)).toMatchObject({
      status: 'done',
      windowDays: 30,
      findings: [{ before: 'proxy_win_pending_profit', outcome: 'not_computed' }],
    });
  });

  it('decides two tests on profit that has matured', async () => {
    await decideOn(app, held, DECIDED, { action: 'ship', variant: 'short', reason: 'It won.' });
    await decideOn(app, lost, DECIDED, { action: 'ship', variant: 'short', reason: 'It won.' });
    const horizons = (await rereads(held)).map(({ days, dueAt }) => [days, dayOf(dueAt)]);
    expect(horizons).toEqual([30, 90, 180, 365].map((days) => [days, DECIDED + days]));
    expect((await app.ok('get', '/v1/programme/profit')).body).toMatchObject({
      wins: { shipped: 2, confirmed: 0, revised: 0, withoutReading: 2 },
      provisional: { shipped: 1, withoutReading: 1 },
    });
  });

  it('the promised re-read takes a provisional ship back, and following it is a decision', async () => {
    await refund(app, promised, { dollars: 4, day: 50 });
    await liveUntil(app, 60);
    const promise = await one(promised, undefined);
    // Days 60 - 14 - 9 after the last exposure that could be: 37. All of alpha, and a hold-back of
    // 5% of all, which is the whole control of a test with a tenth of the traffic.
    expect(promise).toMatchObject({
      kind: 'provisional',
      status: 'done',
      windowDays: 37,
      alpha: 0.05,
      controlFate: 'hold_back',
      stillCausal: true,
      proposal: 'roll_back',
    });
    expect(promise.findings).toEqual([
      {
        variant: 'short',
        before: 'proxy_win_pending_profit',
        now: 'proxy_trap',
        outcome: 'revised',
        realised: {
          perUnit: {
            estimate: expect.closeTo(-4, 9),
            lower: expect.closeTo(-4 - halfWidth(0.05), 9),
            upper: expect.closeTo(-4 + halfWidth(0.05), 9),
          },
          units: ARM,
          total: expect.objectContaining({ estimate: expect.closeTo(-4 * ARM, 7) }),
          windowDays: 37,
        },
        sentence: expect.stringContaining('Revised: a proxy win with profit pending then'),
      },
    ]);
    const serve = async () => {
      const context = { targetingKey: 'somebody' };
      const path = '/ofrep/v1/evaluate/flags/promised';
      return [(await app.ok('post', path, { context })).body.reason];
    };
    expect(await serve()).toEqual(['SPLIT']);
    const body = { action: 'roll_back', reason: 'The money says so.' };
    await app.ok('post', '/v1/experiments/promised/decide', body);
    expect(await serve()).toEqual(['DISABLED']);
    const after = await rereads(promised);
    const count = (wanted: string) => after.filter(({ status }) => status === wanted).length;
    expect([count('done'), count('cancelled'), count('due')]).toEqual([2, 3, 4]);
  });

  it('thirty days on, both wins hold', async () => {
    await liveUntil(app, DECIDED + 30);
    for (const [shop, dollars] of [
      [held, 2],
      [lost, 1],
    ] as const) {
      const reread = await one(shop, 30);
      // 85 - 14 - 9 days; four readings share alpha.
      expect(reread).toMatchObject({ status: 'done', windowDays: 62, alpha: 0.0125 });
      expect(reread).not.toHaveProperty('proposal');
      const [finding] = reread.findings;
      expect(finding).toMatchObject({
        before: 'profit_win',
        now: 'profit_win',
        outcome: 'confirmed',
      });
      const around = (alpha: number) => ({
        estimate: expect.closeTo(dollars, 9),
        lower: expect.closeTo(dollars - halfWidth(alpha), 9),
        upper: expect.closeTo(dollars + halfWidth(alpha), 9),
      });
      expect(finding?.claimed).toMatchObject({ perUnit: around(0.05), units: ARM, windowDays: 30 });
      expect(finding?.realised?.perUnit).toEqual(around(0.0125));
    }
  });

  it('ninety days on, refunds that came late revise one of them', async () => {
    await refund(app, lost, { dollars: 5, day: 100 });
    await liveUntil(app, DECIDED + 90);
    const reread = await one(lost, 90);
    // The last window is over on day 131, 76 days after everybody got the change.
    expect(reread).toMatchObject({
      windowDays: 122,
      controlFate: 'treated',
      stillCausal: false,
      proposal: 'roll_back',
      findings: [
        {
          before: 'profit_win',
          now: 'proxy_trap',
          outcome: 'revised',
          realised: { perUnit: { estimate: expect.closeTo(-4, 9) } },
        },
      ],
      result: { verdict: { perVariant: [{ state: 'proxy_trap' }] } },
    });
    expect(reread.sentence).toContain('up to 76 of the 122 days');
    expect(reread.result?.health.srm.status).toBe('ok');
    expect((await one(held, 90)).findings[0]?.outcome).toBe('confirmed');
    expect(await outcomesOf(lost)).toEqual(['confirmed', 'revised']);
    expect(await noticesOf(lost)).toEqual([
      { kind: 'roll_back_proposed', severity: 'urgent', open: true },
      { kind: 'verdict_revised', severity: 'urgent', open: true },
    ]);
    // What the provisional ship was told has been answered by rolling it back.
    expect((await noticesOf(promised)).map(({ kind, open }) => [kind, open])).toEqual([
      ['roll_back_proposed', false],
      ['verdict_revised', false],
    ]);
    const learned = await app.sql(
      `SELECT learned.learned_from AS "from", learned.reread_id AS "rereadId" FROM learned
       WHERE learned.experiment_id = $1 ORDER BY learned.id`,
      [lost.id],
    );
    expect(learned).toEqual([
      { from: 'decision', rereadId: null },
      { from: 'reread', rereadId: reread.id },
    ]);
    const audited = await app.sql(
      `SELECT 1 FROM audit_entry WHERE audit_entry.action = 'experiment.reread'`,
    );
    // Two of each ship, two of the provisional one, one of its roll-back.
    expect(audited).toHaveLength(7);
  });

  it('the programme says what was claimed beside what was realised', async () => {
    const { body } = await app.ok('get', '/v1/programme/profit');
    expect(body).toMatchObject({
      currency: 'USD',
      wins: { shipped: 2, confirmed: 1, revised: 1, withoutReading: 0, takenBack: 0 },
      provisional: { shipped: 1, confirmed: 0, revised: 1, takenBack: 1, overridden: 0 },
      withoutWin: { shipped: 0 },
      otherCurrency: 0,
    });
    // By hand: 200 units each, 2 + 1 dollars claimed and 2 - 4 found; equal half widths grow by sqrt 2.
    const around = (estimate: number, alpha: number) => ({
      experiments: 2,
      estimate: expect.closeTo(estimate, 6),
      lower: expect.closeTo(estimate - Math.SQRT2 * ARM * halfWidth(alpha), 6),
      upper: expect.closeTo(estimate + Math.SQRT2 * ARM * halfWidth(alpha), 6),
    });
    expect(body.claimed).toEqual(around(600, 0.05));
    expect(body.compared).toEqual({ claimed: around(600, 0.05), realised: around(-400, 0.0125) });
    expect(body.provisionalRealised.estimate).toBeCloseTo(-800, 6);
    expect(
      body.data.map((entry: { experimentKey: string; class: string }) => [
        entry.experimentKey,
        entry.class,
      ]),
    ).toEqual([
      ['promised', 'provisional'],
      ['held', 'win'],
      ['lost', 'win'],
    ]);
    const first = await app.ok('get', '/v1/programme/profit?limit=2');
    const second = await app.ok(
      'get',
      `/v1/programme/profit?limit=2&cursor=${first.body.nextCursor}`,
    );
    expect([...first.body.data, ...second.body.data]).toEqual(body.data);
    expect(second.body).not.toHaveProperty('nextCursor');
    expect(second.body.compared).toEqual(body.compared);
  });

  it('recomputes from what was stored, byte for byte', async () => {
    const stored = await app.sql<{
      body: AnalysisPlan;
      window_days: number;
      alpha: number;
      moments: PlanMoments;
      result: EvaluationResult;
    }>(
      `SELECT plan.body, reread_result.window_days, reread_result.alpha, reread_result.moments,
         reread_result.result
       FROM reread_result
       JOIN reread ON reread.id = reread_result.reread_id
       JOIN plan ON plan.experiment_id = reread.experiment_id
         AND plan.version = reread_result.plan_version`,
    );
    expect(stored).toHaveLength(7);
    for (const { body, window_days: windowDays, alpha, moments, result } of stored) {
      const again = recompute({
        id: result.id,
        plan: rereadPlan(body, { windowDays, alpha }),
        moments,
        history: NO_HISTORY,
        slot: null,
        codeVersion: result.codeVersion,
      });
      expect(canonicalJson(again)).toBe(canonicalJson(result));
    }
  });

  it('leaves the evaluations of the experiment as they were', async () => {
    const { body } = await app.ok('get', '/v1/experiments/lost/evaluations/latest');
    expect(body.verdict.perVariant[0].state).toBe('profit_win');
    const states = await app.sql<{ as_of: Date }>(
      `SELECT evaluation_state.as_of FROM evaluation_state WHERE evaluation_state.experiment_id = $1`,
      [lost.id],
    );
    expect(states.map(({ as_of: asOf }) => dayOf(asOf.toISOString()))).toEqual([DECIDED]);
  });
});
