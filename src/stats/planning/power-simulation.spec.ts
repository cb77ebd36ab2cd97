import { seededNormal, seededUniform } from '../../../test/calibration/seeded-random.js';
import { confidenceSequence } from '../confidence-sequence.js';
import { efficacyBounds } from '../group-sequential/bounds.js';
import { contains } from '../outcome.js';
import type { PlanInput } from './plan-input.js';
import { powerAt, unitsNeeded } from './plan-test.js';
import type { PlannedTest } from './planned-test.js';

const LOOKS = 14;
const RUNS = 10_000;
/** Three standard errors of a simulated rate near one half. */
const TOLERANCE = 3 * Math.sqrt(0.25 / RUNS);
const EFFECT = 0.1;

describe('power, against simulated experiments of 14 daily looks', () => {
  const plan: PlanInput = {
    test: { kind: 'fixed_horizon' },
    outcome: { kind: 'mean', controlMean: 1, sd: 1 },
    alpha: 0.05,
    power: 0.8,
    arms: 1,
    allocation: [1, 1],
    adjustment: 'none',
    varianceReduction: 0,
    guardrails: 0,
    goal: 'difference',
  };
  const size = unitsNeeded({ ...plan, effect: EFFECT });
  if (!size.ok) throw new Error(size.detail);
  const { units } = size;
  const fractions = Array.from({ length: LOOKS }, (_value, k) => (k + 1) / LOOKS);
  const bounds = efficacyBounds({
    spending: { kind: 'obrien_fleming' },
    alphaOneSided: 0.025,
    fractions,
  }).criticalZ;

  /** Shares of runs that each test finds, with the estimate after every look as in a real one. */
  function simulate(nStars: readonly number[]) {
    const normalNumber = seededNormal(seededUniform(20_240_611));
    const found = { fixed: 0, planned: 0, open: nStars.map(() => 0) };
    const finalSe = Math.sqrt(4 / units);
    for (let run = 0; run < RUNS; run += 1) {
      let sum = 0;
      let z = 0;
      let isPlannedFound = false;
      const isOpenFound = nStars.map(() => false);
      fractions.forEach((t, k) => {
        sum += normalNumber() / Math.sqrt(LOOKS);
        const se = finalSe / Math.sqrt(t);
        const estimate = EFFECT + (sum / t) * finalSe;
        z = estimate / se;
        isPlannedFound ||= z >= (bounds[k] ?? Infinity);
        nStars.forEach((nStar, i) => {
          if (isOpenFound[i] === true) return;
          const at = { estimate, se, n: units * t, nStar, alpha: 0.05 };
          const look = confidenceSequence({ ...at, nonZero: { treatment: 99, control: 99 } });
          isOpenFound[i] = look.ok && estimate > 0 && !contains(look.interval, 0);
        });
      });
      if (z > 1.959963984540054) found.fixed += 1;
      if (isPlannedFound) found.planned += 1;
      isOpenFound.forEach((isFound, i) => {
        if (isFound) found.open[i] = (found.open[i] ?? 0) + 1;
      });
    }
    return {
      fixed: found.fixed / RUNS,
      planned: found.planned / RUNS,
      open: found.open.map((count) => count / RUNS),
    };
  }

  const powerOf = (test: PlannedTest): number => {
    const result = powerAt({ ...plan, test, units, effect: EFFECT });
    if (!result.ok) throw new Error(result.detail);
    return result.power;
  };

  it('is what one look, O’Brien-Fleming looks and the confidence sequence really find', () => {
    const nStars = [units, 5000];
    const simulated = simulate(nStars);
    const fixed = powerOf({ kind: 'fixed_horizon' });
    expect(fixed).toBeCloseTo(0.8, 9);
    expect(Math.abs(simulated.fixed - fixed)).toBeLessThan(TOLERANCE);

    const planned = powerOf({
      kind: 'group_sequential',
      looks: LOOKS,
      spending: { kind: 'obrien_fleming' },
    });
    expect(Math.abs(simulated.planned - planned)).toBeLessThan(TOLERANCE);
    expect(planned).toBeCloseTo(0.784, 2);

    const open = nStars.map((nStar) => powerOf({ kind: 'always_valid', nStar, looks: LOOKS }));
    open.forEach((power, i) => {
      expect(Math.abs((simulated.open[i] ?? NaN) - power)).toBeLessThan(TOLERANCE);
      expect(Math.abs(power - 0.47)).toBeLessThan(0.015);
    });
    // The sequence tuned to the planned size finds a little more than one that is not.
    expect(open[0]).toBeGreaterThan(open[1] ?? 1);
  });
});
