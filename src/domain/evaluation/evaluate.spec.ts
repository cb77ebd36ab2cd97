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

  it('says of moments without compositions what it said, and no more', () => {
    const matured = evaluate(named);
    const open = { ...named.moments, lastExposureAt: '2026-03-30T00:00:00.000Z' };
    for (const { maturity, composition, projections } of [
      ...matured.metrics,
      ...evaluate({ ...named, moments: open }).metrics,
    ]) {
      expect([maturity.waiting, composition, projections]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
    expect(JSON.stringify(matured.verdict)).not.toContain('readableAt');
  });

  it('says of moments with compositions what money is made of, and what was left out', () => {
    const arm = { total: '500', pieces: ['900', '-400', '-30'] };
    const profit = {
      parts: [
        { name: 'revenue', how: 'entries' as const },
        { name: 'cogs', how: 'rate' as const },
        { name: 'cogs', how: 'left_out' as const },
      ],
      matured: [arm, arm],
      running: [arm, arm],
    };
    const result = evaluate({
      ...named,
      moments: {
        ...named.moments,
        compositions: named.plan.metrics.map(({ definition }) =>
          definition.key === 'profit' ? profit : null,
        ),
      },
    });
    const money = result.metrics.find(({ key }) => key === 'profit');
    expect(money?.composition?.totals.map(({ total }) => total)).toEqual([5, 5]);
    expect(money?.composition?.leftOut?.[0]?.arms[0]?.total).toBe(-0.3);
    expect(result.health.warnings).toContainEqual({
      code: 'cost-counted-by-declaration',
      detail: expect.stringContaining('-0.60 USD were left out') as string,
    });
    expect(result.metrics.filter(({ composition }) => composition !== undefined)).toHaveLength(1);
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
