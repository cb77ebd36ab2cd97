import { anEvaluationCase, CLICKS, single } from '../../../test/support/evaluation-case.js';
import { aMetric } from '../../../test/support/metric-builder.js';
import { canonicalJson } from '../experiments/canonical-json.js';
import { evaluate } from './evaluate.js';

const SPEND = aMetric('spend', { kind: 'mean' });
const whale = single([...Array<number>(20).fill(1), 500]);

describe('evaluate', () => {
  const named = anEvaluationCase({
    metrics: [CLICKS, SPEND],
    rows: { spend: [whale, whale], clicks: [single([0, 1, 0]), single([1, 0, 1])] },
    moments: { crossovers: 5 },
  });

  it('names the code that computed', () => {
    expect(evaluate(named).codeVersion).toBe('1.2.3');
  });

  it('says of a result without such a name what it said, and no more', () => {
    const { codeVersion: _, ...before } = named;
    const old = evaluate(before);
    expect(canonicalJson(old)).toBe(canonicalJson(evaluate({ ...before, codeVersion: undefined })));
    expect(old).not.toHaveProperty('codeVersion');
    expect(old.health).not.toHaveProperty('warnings');
    const codes = (result: typeof old) =>
      result.metrics.flatMap(({ comparisons }) =>
        comparisons.flatMap(({ warnings = [] }) => warnings.map(({ code }) => code)),
      );
    expect(codes(old)).toEqual([]);
    expect(codes(evaluate(named))).toContain('outlier-dominated');
    expect(evaluate(named).health.warnings).toMatchObject([{ code: 'crossovers' }]);
  });

  it('does not break anything down that the store did not', () => {
    expect(evaluate(named)).not.toHaveProperty('breakdowns');
  });

  it('a share of those who came back is read as a rate', () => {
    const back = aMetric('back', { kind: 'retention', delayHours: 24 });
    const ones = (n: number, count: number) =>
      single([...Array(n).keys()].map((i) => Number(i < count)));
    const counts = [ones(1000, 3), ones(1000, 12)];
    const [asRetention] = evaluate(
      anEvaluationCase({ metrics: [back], rows: { back: counts } }),
    ).metrics;
    const [asProportion] = evaluate(
      anEvaluationCase({ metrics: [{ ...back, kind: 'proportion' }], rows: { back: counts } }),
    ).metrics;
    expect(asRetention).toEqual({ ...asProportion, kind: 'retention' });
    // Few conversions: the score test and its p, and the exact chance under Beta(1, 1) beside.
    expect(asRetention).toMatchObject({ unit: 'share' });
    expect(asRetention?.comparisons[0]?.frequentist?.test).toBe('exact');
    expect(asRetention?.comparisons[0]?.bayesian?.reference?.chanceToWin).toBeGreaterThan(0.98);
  });
});
