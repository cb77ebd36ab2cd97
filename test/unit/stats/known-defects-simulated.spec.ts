import { seededBinomial, seededNormal, seededUniform } from '../../calibration/seeded-random.js';
import { normal } from '../../../src/stats/distributions.js';
import { fiellerRatioSet } from '../../../src/stats/fieller.js';
import { type ArmSummary, contains } from '../../../src/stats/outcome.js';
import { contrastOfMeans } from '../../../src/stats/welch.js';
import { meanOf } from './comparison-checkers.js';
import { deltaLift, sequenceP } from './delta-lift.js';
import { armOf } from './rate-arm.js';
import { computed } from './require-computed.js';

/** Faults of other engines that show only in many experiments: each beside what ours does. */

const z = normal.quantile(0.975);

describe('watching a lift in A/A tests', () => {
  /** Shares of runs in which the lift by the delta method, and the difference, ever alarm. */
  function alarms(input: {
    runs: number;
    looks: number;
    unitsPerLook: number;
    gate: (total: number) => boolean;
    drawLook: () => { sum: number; squares: number };
  }): { lift: number; absolute: number } {
    const { runs, looks, unitsPerLook, gate, drawLook } = input;
    let lift = 0;
    let absolute = 0;
    for (let run = 0; run < runs; run += 1) {
      const sums = { treatment: 0, control: 0 };
      const squares = { treatment: 0, control: 0 };
      let isLiftSeen = false;
      let isDifferenceSeen = false;
      for (let look = 1; look <= looks; look += 1) {
        const n = look * unitsPerLook;
        const arm = (name: 'treatment' | 'control'): ArmSummary => {
          const drawn = drawLook();
          sums[name] += drawn.sum;
          squares[name] += drawn.squares;
          const mean = sums[name] / n;
          return { n, mean, variance: (squares[name] - n * mean * mean) / (n - 1) };
        };
        const arms = [arm('treatment'), arm('control')] as const;
        const difference = contrastOfMeans(...arms);
        if (!difference.ok) continue;
        isDifferenceSeen ||= sequenceP(difference, 2 * n, 5000) < 0.05;
        if (!gate(sums.treatment) || !gate(sums.control)) continue;
        isLiftSeen ||= sequenceP(deltaLift(...arms), 2 * n, 5000) < 0.05;
      }
      if (isLiftSeen) lift += 1;
      if (isDifferenceSeen) absolute += 1;
    }
    return { lift: lift / runs, absolute: absolute / runs };
  }

  it.each([
    { rate: 0.005, atLeast: 0.08 },
    { rate: 0.02, atLeast: 0.05 },
  ])('alarms in more than $atLeast at a rate of $rate, the difference hardly', (design) => {
    const draw = seededBinomial(250, design.rate, seededUniform(20_260_101));
    const drawLook = (): { sum: number; squares: number } => {
      const sum = draw();
      return { sum, squares: sum };
    };
    const gate = (total: number): boolean => total > 0;
    const seen = alarms({ runs: 600, looks: 20, unitsPerLook: 250, gate, drawLook });
    expect(seen.lift).toBeGreaterThan(design.atLeast);
    expect(seen.absolute).toBeLessThan(0.02);
  });

  it('alarms in more than 12 % on revenue in spite of a gate on its total', () => {
    const uniform = seededUniform(7);
    const buyers = seededBinomial(500, 0.0057, uniform);
    const deviate = seededNormal(uniform);
    const drawLook = (): { sum: number; squares: number } => {
      let sum = 0;
      let squares = 0;
      for (let left = buyers(); left > 0; left -= 1) {
        const amount = Math.exp(4.4 + 0.85 * deviate());
        sum += amount;
        squares += amount * amount;
      }
      return { sum, squares };
    };
    const gate = (total: number): boolean => total >= 150;
    const seen = alarms({ runs: 500, looks: 40, unitsPerLook: 500, gate, drawLook });
    expect(seen.lift).toBeGreaterThan(0.12);
    expect(seen.absolute).toBeLessThan(0.02);
  });
});

describe('the interval of a lift', () => {
  it.each([
    { n: 20_000, rate: 0.05, lift: 1, wrong: 0.832 },
    { n: 2000, rate: 0.005, lift: 0.5, wrong: 0.885 },
  ])(
    'covers 95 %, the absolute interval over the control mean $wrong',
    ({ n, rate, lift, wrong }) => {
      const runs = 10_000;
      const uniform = seededUniform(99 + n);
      const control = seededBinomial(n, rate, uniform);
      const treatment = seededBinomial(n, rate * (1 + lift), uniform);
      let fieller = 0;
      let divided = 0;
      for (let run = 0; run < runs; run += 1) {
        const arms = [armOf(treatment(), n), armOf(control(), n)] as const;
        const means = { treatment: meanOf(arms[0]), control: meanOf(arms[1]) };
        const set = fiellerRatioSet({ ...means, criticalValue: z });
        if (contains(set, 1 + lift)) fieller += 1;
        const { estimate, se } = computed(contrastOfMeans(...arms));
        if (Math.abs(estimate - lift * means.control.mean) <= z * se) divided += 1;
      }
      const near = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / runs);
      expect(Math.abs(fieller / runs - 0.95)).toBeLessThan(near(0.95));
      expect(Math.abs(divided / runs - wrong)).toBeLessThan(near(wrong) + 0.0005);
    },
  );
});
