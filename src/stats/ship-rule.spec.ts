import { readSharedDesigns } from '../../test/fixtures/stats/read-golden.js';
import { perTestLevels, SHIP_BLOCKERS, shipRule, type ShipRuleInput } from './ship-rule.js';

describe('perTestLevels', () => {
  it('splits alpha over success metrics only and beta over one more than the guardrails', () => {
    expect(perTestLevels({ alpha: 0.05, beta: 0.2, successMetrics: 2, guardrails: 3 })).toEqual({
      alphaPerSuccess: 0.025,
      betaPerTest: 0.05,
      powerPerTest: 0.95,
    });
    expect(perTestLevels({ alpha: 0.05, beta: 0.2, successMetrics: 1, guardrails: 0 })).toEqual({
      alphaPerSuccess: 0.05,
      betaPerTest: 0.2,
      powerPerTest: 0.8,
    });
  });

  const design = readSharedDesigns<
    { guardrails: number; overallPower: number },
    { perTestBeta: number; perTestPower: number }
  >('power-multi-guardrail');
  (design === null ? it.skip : it)('reproduces the shared example', () => {
    if (design === null) throw new Error('the shared examples are gone');
    const { guardrails, overallPower } = design.input;
    const levels = perTestLevels({
      alpha: 0.05,
      beta: 1 - overallPower,
      successMetrics: 1,
      guardrails,
    });
    expect(levels.betaPerTest).toBeCloseTo(design.expected.perTestBeta, 12);
    expect(levels.powerPerTest).toBeCloseTo(design.expected.perTestPower, 12);
  });

  it('refuses what is no plan', () => {
    const plan = { alpha: 0.05, beta: 0.2, successMetrics: 1, guardrails: 1 };
    for (const bad of [
      { alpha: 0 },
      { beta: 1 },
      { successMetrics: 0 },
      { successMetrics: 1.5 },
      { guardrails: -1 },
      { guardrails: NaN },
    ]) {
      expect(() => perTestLevels({ ...plan, ...bad })).toThrow(RangeError);
    }
  });
});

describe('shipRule', () => {
  const winner = { metric: 'signup', pValue: 0.01, improved: true };
  const flat = { metric: 'clicks', pValue: 0.6, improved: true };
  const good: ShipRuleInput = {
    success: { alpha: 0.05, pValues: 'adjusted', outcomes: [winner, flat] },
    guardrails: [{ metric: 'refunds', nonInferior: true }],
    significantlyWorse: [],
    qualityPassed: true,
  };

  it('ships when one success metric is shown and nothing stands against it', () => {
    expect(shipRule(good)).toEqual({ ship: true, better: ['signup'], reasons: [] });
  });

  it.each([
    ['bad data', { qualityPassed: false }, { code: 'quality-failed', metrics: [] }],
    [
      'a metric that got worse',
      { significantlyWorse: ['churn'] },
      { code: 'significantly-worse', metrics: ['churn'] },
    ],
    [
      'a guardrail that is not shown to hold',
      {
        guardrails: [
          { metric: 'refunds', nonInferior: false },
          { metric: 'load', nonInferior: true },
        ],
      },
      { code: 'guardrail-not-non-inferior', metrics: ['refunds'] },
    ],
    [
      'no success',
      { success: { ...good.success, outcomes: [flat] } },
      { code: 'no-success-shown', metrics: ['clicks'] },
    ],
    [
      'a significant change for the worse is no success',
      { success: { ...good.success, outcomes: [{ ...winner, improved: false }] } },
      { code: 'no-success-shown', metrics: ['signup'] },
    ],
    [
      'no success metric at all',
      { success: { ...good.success, outcomes: [] } },
      { code: 'no-success-shown', metrics: [] },
    ],
  ] as [string, Partial<ShipRuleInput>, unknown][])(
    'does not ship: %s',
    (_name, change, reason) => {
      const result = shipRule({ ...good, ...change });
      expect(result.ship).toBe(false);
      expect(result.reasons).toEqual([reason]);
    },
  );

  it('names everything that stands against it, in one order', () => {
    const result = shipRule({
      success: { ...good.success, outcomes: [flat] },
      guardrails: [{ metric: 'refunds', nonInferior: false }],
      significantlyWorse: ['churn'],
      qualityPassed: false,
    });
    expect(result.reasons.map(({ code }) => code)).toEqual([...SHIP_BLOCKERS]);
  });

  it('compares raw p-values with their share of alpha', () => {
    const outcomes = [{ ...winner, pValue: 0.03 }, flat];
    const success = { alpha: 0.05, outcomes };
    expect(shipRule({ ...good, success: { ...success, pValues: 'adjusted' } }).ship).toBe(true);
    expect(shipRule({ ...good, success: { ...success, pValues: 'raw' } }).ship).toBe(false);
    const strong = [{ ...winner, pValue: 0.025 }, flat];
    expect(
      shipRule({ ...good, success: { alpha: 0.05, pValues: 'raw', outcomes: strong } }).ship,
    ).toBe(true);
  });

  it('refuses what is no p-value or level', () => {
    const outcomes = [{ ...winner, pValue: NaN }];
    expect(() => shipRule({ ...good, success: { ...good.success, outcomes } })).toThrow(RangeError);
    expect(() => shipRule({ ...good, success: { ...good.success, alpha: 0 } })).toThrow(RangeError);
  });
});
