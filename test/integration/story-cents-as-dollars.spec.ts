import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, metricOf, START } from '../support/evaluation-views.js';
import { verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NDJSON = 'application/x-ndjson';
const UNITS = 60;
const CENTS = 100;

/**
 * The new checkout has books of its own, and somebody sends them with amounts in cents where dollars
 * were meant, a hundred times too large. One entry takes the file back, and the right one comes.
 */
describe('cents sent as dollars, and taken back', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(AFTER_ALL);
    await evaluatedExperiment(app, { key: 'mistaken', enrolmentEndedAt: ENDED });
    await evaluatedExperiment(app, { key: 'spotless', enrolmentEndedAt: ENDED });
  });
  afterAll(() => app.close());

  const numbers = [...Array(UNITS).keys()];
  const unitOf = (story: string, variant: string, n: number) => ({
    kind: 'visitor',
    id: `${story}-${variant}-${n}`,
  });
  const exposures = (story: string) =>
    ['control', 'short'].flatMap((variant) =>
      numbers.map((n) => ({
        id: `${story}-met-${variant}-${n}`,
        type: 'exposure',
        unit: unitOf(story, variant, n),
        occurredAt: START,
        experiment: story,
        variant,
      })),
    );
  /** Every third buys, for 50 dollars and something; with the new checkout a few for a little more. */
  const sales = (
    story: string,
    variant: string,
    { file, times }: { file: string; times: number },
  ) =>
    numbers
      .filter((n) => n % 3 === 0)
      .map((n) => ({
        id: `${story}-${file}-${n}`,
        type: 'money',
        unit: unitOf(story, variant, n),
        occurredAt: at(2),
        name: 'revenue',
        amountMinor: (5_000 + (n % 7) * 100 + (variant === 'short' ? (n % 5) * 10 : 0)) * times,
        currency: 'USD',
      }));
  const post = async (events: readonly object[]): Promise<void> => {
    expect(new Set(await verdictsOf(app, { events }))).toEqual(new Set(['accepted']));
  };
  const upload = async (rows: readonly object[]): Promise<string> => {
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    const answer = await app.upload('/v1/events', NDJSON, lines);
    expect(answer.body.import).toMatchObject({ accepted: rows.length, rejected: 0 });
    return answer.body.import.id as string;
  };
  const evaluate = async (story: string): Promise<EvaluationResult> =>
    (await app.ok('post', `/v1/experiments/${story}/evaluations`)).body as EvaluationResult;
  const stateOf = ({ verdict }: EvaluationResult) => verdict.perVariant[0]?.state;
  const saidBy = ({ verdict, metrics, units, health }: EvaluationResult) => ({
    verdict,
    units,
    health,
    metrics,
  });

  it('makes a false verdict, and leaves no trace in the result once it is taken back', async () => {
    for (const story of ['mistaken', 'spotless']) {
      await post([...exposures(story), ...sales(story, 'control', { file: 'shop', times: 1 })]);
    }
    const wrong = await upload(sales('mistaken', 'short', { file: 'wrong', times: CENTS }));
    const misled = await evaluate('mistaken');
    expect(stateOf(misled)).toBe('profit_win');
    expect(misled.verdict.winner).toBe('short');
    const revenueOf = (result: EvaluationResult) =>
      metricOf(result, 'profit').composition?.parts.find(({ name }) => name === 'revenue')?.arms[1]
        ?.total;
    const cents = sales('mistaken', 'short', { file: 'right', times: 1 }).reduce(
      (sum, { amountMinor }) => sum + amountMinor,
      0,
    );
    expect(revenueOf(misled)).toBe(cents);

    await app.ok('post', `/v1/imports/${wrong}/reverse`, { reason: 'cents were meant' });
    await upload(sales('mistaken', 'short', { file: 'right', times: 1 }));
    await upload(sales('spotless', 'short', { file: 'right', times: 1 }));
    const [corrected, never] = [await evaluate('mistaken'), await evaluate('spotless')];
    expect(revenueOf(corrected)).toBe(cents / CENTS);
    expect(stateOf(corrected)).toBe('no_detectable_change');
    expect(corrected.verdict).not.toHaveProperty('winner');
    // The smallest p-value of all looks too: a look at wrong books is no past.
    expect(saidBy(corrected)).toEqual(saidBy(never));
    // What was said at the time stays readable as it was said.
    const kept = await app.ok('get', '/v1/experiments/mistaken/evaluations');
    const then = (kept.body.data as EvaluationResult[]).find(({ id }) => id === misled.id);
    expect(then === undefined ? undefined : stateOf(then)).toBe('profit_win');
  });
});
