/** @jest-environment <rootDir>/../test/calibration/quick-globals.mjs */
import { ancova } from '../../src/stats/adjustment/ancova.js';
import { cuped } from '../../src/stats/adjustment/cuped.js';
import { linInteracted } from '../../src/stats/adjustment/lin-interacted.js';
import { mergeSmallStrata, postStratified } from '../../src/stats/adjustment/post-stratified.js';
import { studentT } from '../../src/stats/distributions.js';
import { relativeLift } from '../../src/stats/fieller.js';
import type { Moments } from '../../src/stats/moments.js';
import { type ArmSummary, contains, type NotComputed } from '../../src/stats/outcome.js';
import { ratioSummary } from '../../src/stats/ratio-metric.js';
import { pooledCap, winsorise } from '../../src/stats/rows/winsorise.js';
import { welch } from '../../src/stats/welch.js';
import { expectAtMost, expectWithin, rateOf, replicates, tell } from './proof.js';
import { seededNormal, seededUniform } from './seeded-random.js';

const { abs, exp, floor, sqrt } = Math;

const ALPHA = 0.05;
/** Size and coverage of methods that are exact only in large samples. */
const SIZE = { low: 0.045, high: 0.055 };
const COVERAGE = { low: 0.94, high: 0.96 };

/** Moments of two columns, added up row by row without keeping the rows. */
class TwoColumns {
  private n = 0;
  private a = 0;
  private b = 0;
  private aa = 0;
  private ab = 0;
  private bb = 0;

  restart(): void {
    this.n = this.a = this.b = this.aa = this.ab = this.bb = 0;
  }

  add(a: number, b: number): void {
    this.n += 1;
    this.a += a;
    this.b += b;
    this.aa += a * a;
    this.ab += a * b;
    this.bb += b * b;
  }

  moments(): Moments {
    const { n, a, b } = this;
    return {
      n,
      mean: [a / n, b / n],
      comoment: [this.aa - (a * a) / n, this.ab - (a * b) / n, this.bb - (b * b) / n],
      third: [0, 0],
    };
  }
}

function computed<Result extends { ok: true }>(result: Result | NotComputed): Result {
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function misses(found: { estimate: number; se: number; df: number }, truth: number): boolean {
  const critical = -studentT.quantile(ALPHA / 2, found.df);
  return abs(found.estimate - truth) > critical * found.se;
}

/** Mean of a column over both arms. */
function meanOfColumn(treatment: Moments, control: Moments, column: number): number {
  const sum = (arm: Moments): number => arm.n * (arm.mean[column] ?? NaN);
  return (sum(treatment) + sum(control)) / (treatment.n + control.n);
}

interface Tally {
  misses: number;
  liftMisses: number;
}

function tallies<Name extends string>(...names: Name[]): Record<Name, Tally> {
  return Object.fromEntries(names.map((name) => [name, { misses: 0, liftMisses: 0 }])) as Record<
    Name,
    Tally
  >;
}

describe('with what was known before', () => {
  interface Population {
    name: string;
    n1: number;
    n0: number;
    /** One unit: what was known, and the outcome in the arm. */
    unit: (draw: () => number, treated: boolean) => { x: number; y: number };
    controlMean: number;
    effect: number;
    /** How much more the outcome rises with x in the treatment; x is 0 on average. */
    slopeGap: number;
  }

  // One object for all units: the loops below must not allocate.
  const row = { x: 0, y: 0 };
  const populations: Population[] = [
    {
      name: 'normal, correlation .7, no effect',
      n1: 100,
      n0: 100,
      unit: (draw) => {
        row.x = draw();
        row.y = 10 + 0.7 * row.x + sqrt(0.51) * draw();
        return row;
      },
      controlMean: 10,
      effect: 0,
      slopeGap: 0,
    },
    {
      name: 'skewed spend, effect 10 %',
      n1: 300,
      n0: 300,
      unit: (draw, treated) => {
        const habit = 0.6 * draw();
        row.x = exp(habit + 0.3 * draw());
        row.y = exp(habit + 0.4 * draw()) * (treated ? 1.1 : 1);
        return row;
      },
      controlMean: exp(0.26),
      effect: 0.1 * exp(0.26),
      slopeGap: 0,
    },
    {
      name: 'slopes and sizes differ, no effect on average',
      n1: 60,
      n0: 180,
      unit: (draw, treated) => {
        row.x = draw();
        row.y = 10 + (treated ? 1.2 : 0.4) * row.x + draw();
        return row;
      },
      controlMean: 10,
      effect: 0,
      slopeGap: 0.8,
    },
  ];

  it.each(populations)('$name', (population) => {
    const { name, n1, n0, unit, controlMean, effect, slopeGap } = population;
    const runs = replicates(20_000);
    const draw = seededNormal(seededUniform(n1 * n0));
    const treatment = new TwoColumns();
    const control = new TwoColumns();
    const of = tallies('plain', 'cuped', 'lin', 'ancova', 'linForAll');
    const lift = effect / controlMean;
    let reduction = 0;
    for (let run = 0; run < runs; run += 1) {
      treatment.restart();
      control.restart();
      for (let i = 0; i < n1; i += 1) {
        const { x, y } = unit(draw, true);
        treatment.add(y, x);
      }
      for (let i = 0; i < n0; i += 1) {
        const { x, y } = unit(draw, false);
        control.add(y, x);
      }
      const input = {
        treatment: treatment.moments(),
        control: control.moments(),
        outcome: 0,
        covariates: [1],
      };
      const plain = computed(cuped({ ...input, covariates: [] }));
      const adjusted = computed(cuped(input));
      const lin = computed(linInteracted(input));
      const common = computed(ancova(input));
      reduction += adjusted.varianceReduction;
      const before = computed(welch({ ...plain, alpha: ALPHA }));
      const after = computed(welch({ ...adjusted, alpha: ALPHA }));
      if (!contains(before.interval, effect)) of.plain.misses += 1;
      if (!contains(after.interval, effect)) of.cuped.misses += 1;
      const shared = { criticalValue: after.criticalValue, canBeNegative: false };
      const relative = relativeLift({ ...adjusted.relative, ...shared });
      if (!relative.ok || !contains(relative.interval, lift)) of.cuped.liftMisses += 1;
      const here = effect + slopeGap * meanOfColumn(input.treatment, input.control, 1);
      if (misses(lin, here)) of.lin.misses += 1;
      if (misses(lin, effect)) of.linForAll.misses += 1;
      if (misses(common, effect)) of.ancova.misses += 1;
    }
    const share = (count: number) => rateOf(count, runs);
    expectWithin(`${name}: unadjusted`, share(of.plain.misses), SIZE.low, SIZE.high);
    expectWithin(`${name}: CUPED`, share(of.cuped.misses), SIZE.low, SIZE.high);
    expectWithin(`${name}: CUPED, lift`, share(of.cuped.liftMisses), SIZE.low, SIZE.high);
    expectWithin(`${name}: Lin`, share(of.lin.misses), SIZE.low, SIZE.high);
    // Its standard error takes the covariates as given, so it speaks of the units in the experiment:
    // where slopes differ, the effect on all the others is a little less certain than it says.
    expectAtMost(`${name}: Lin, for other units too`, share(of.linForAll.misses), 0.065);
    expectWithin(`${name}: ANCOVA`, share(of.ancova.misses), SIZE.low, SIZE.high);
    tell(`${name}: variance taken away by CUPED`, share(reduction));
    // An adjustment that takes nothing away would prove nothing.
    expect(reduction / runs).toBeGreaterThan(0.1);
  });
});

describe('post-stratified difference', () => {
  it('covers 95 % with three strata far apart', () => {
    const runs = replicates(20_000);
    const uniform = seededUniform(333);
    const draw = seededNormal(uniform);
    const means = [0, 2, 6];
    const counts = new Float64Array(6);
    const sums = new Float64Array(6);
    const squares = new Float64Array(6);
    const effect = 0.5;
    let missed = 0;
    let plainWidth = 0;
    let width = 0;
    const summaryOf = (cell: number): ArmSummary => {
      const n = counts[cell] as number;
      const mean = n === 0 ? 0 : (sums[cell] as number) / n;
      return {
        n,
        mean,
        variance: n < 2 ? null : ((squares[cell] as number) - n * mean * mean) / (n - 1),
      };
    };
    for (let run = 0; run < runs; run += 1) {
      counts.fill(0);
      sums.fill(0);
      squares.fill(0);
      for (let i = 0; i < 200; i += 1) {
        const u = uniform();
        const stratum = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
        const treated = i % 2;
        const cell = 2 * stratum + treated;
        const y = (means[stratum] ?? 0) + draw() + treated * effect;
        counts[cell] = (counts[cell] as number) + 1;
        sums[cell] = (sums[cell] as number) + y;
        squares[cell] = (squares[cell] as number) + y * y;
      }
      const strata = means.map((_mean, s) => ({
        control: summaryOf(2 * s),
        treatment: summaryOf(2 * s + 1),
      }));
      const found = postStratified(mergeSmallStrata(strata));
      if (!found.ok) throw new Error(found.detail);
      if (misses(found, effect)) missed += 1;
      width += found.se;
      plainWidth += sqrt((1 + 5.01) / 50);
    }
    expectWithin('post-stratified, misses', rateOf(missed, runs), SIZE.low, SIZE.high);
    expect(width).toBeLessThan(0.6 * plainWidth);
  });
});

describe('ratio metrics with skewed denominators', () => {
  it.each([
    { n: 300, lift: 0 },
    { n: 1000, lift: 0 },
    { n: 1000, lift: 0.2 },
  ])('cover 95 % at $n units an arm, lift $lift', ({ n, lift }) => {
    const runs = replicates(5000);
    const draw = seededNormal(seededUniform(n + lift));
    const treatment = new TwoColumns();
    const control = new TwoColumns();
    /** Heavy users have many orders, and spend less on each. */
    const fill = (arm: TwoColumns, factor: number): void => {
      arm.restart();
      for (let i = 0; i < n; i += 1) {
        const activity = draw();
        const orders = 1 + floor(exp(0.9 * activity));
        const basket = exp(3 - 0.2 * activity + 0.5 * draw());
        arm.add(orders * basket * factor, orders);
      }
    };
    // The true ratio, E[orders · basket] / E[orders], from a long run of its own.
    const truth = longRatio(400_000, seededNormal(seededUniform(5)));
    let missed = 0;
    let liftMisses = 0;
    let naiveMisses = 0;
    for (let run = 0; run < runs; run += 1) {
      fill(treatment, 1 + lift);
      fill(control, 1);
      const t = ratioSummary(treatment.moments(), 0, 1);
      const c = ratioSummary(control.moments(), 0, 1);
      if (!t.ok || !c.ok) throw new Error('both arms have orders');
      const found = welch({ treatment: t, control: c, alpha: ALPHA });
      if (!found.ok) throw new Error(found.detail);
      if (!contains(found.interval, lift * truth)) missed += 1;
      const relative = relativeLift({
        treatment: { mean: t.mean, varianceOfMean: t.variance / t.n },
        control: { mean: c.mean, varianceOfMean: c.variance / c.n },
        criticalValue: found.criticalValue,
        canBeNegative: false,
      });
      if (!relative.ok || !contains(relative.interval, lift)) liftMisses += 1;
      // Orders counted as if each had been dealt on its own.
      const naive = naiveSe(treatment.moments()) + naiveSe(control.moments());
      if (abs(found.estimate - lift * truth) > found.criticalValue * sqrt(naive)) naiveMisses += 1;
    }
    const covered = (not: number) => rateOf(runs - not, runs);
    const at = `ratio, ${n} an arm, lift ${lift}`;
    expectWithin(`${at}, difference covers`, covered(missed), COVERAGE.low, COVERAGE.high);
    expectWithin(`${at}, lift covers`, covered(liftMisses), COVERAGE.low, COVERAGE.high);
    tell(`${at}, denominators taken as constants`, covered(naiveMisses));
    expect(covered(naiveMisses).rate).not.toBeCloseTo(0.95, 2);
  });

  function longRatio(units: number, draw: () => number): number {
    let orders = 0;
    let spend = 0;
    for (let i = 0; i < units; i += 1) {
      const activity = draw();
      const count = 1 + floor(exp(0.9 * activity));
      orders += count;
      // The mean of the rest of the basket, so that only activity is left to chance.
      spend += count * exp(3 - 0.2 * activity + 0.125);
    }
    return spend / orders;
  }

  /** Variance of the numerator's mean over the denominator's, with the denominator taken as given. */
  function naiveSe({ n, mean, comoment }: Moments): number {
    const d = mean[1] ?? 1;
    return (comoment[0] ?? 0) / (n - 1) / n / (d * d);
  }
});

describe('winsorised comparison', () => {
  it('calls 5 % of A/A experiments different, and finds more than the raw one', () => {
    const n = 800;
    const runs = replicates(3000);
    const uniform = seededUniform(999);
    const draw = seededNormal(uniform);
    const rows = [0, 1].map(() => Array.from({ length: n }, () => 0));
    const fill = (values: number[], factor: number): void => {
      for (let i = 0; i < n; i += 1) {
        values[i] = uniform() < 0.2 ? factor * exp(3 + 1.4 * draw()) : 0;
      }
    };
    const summaryOf = (values: readonly number[]): ArmSummary => {
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i += 1) {
        const value = values[i] ?? 0;
        sum += value;
        squares += value * value;
      }
      return { n, mean: sum / n, variance: (squares - (sum * sum) / n) / (n - 1) };
    };
    const share = (factor: number, isCut: boolean) => {
      let alarms = 0;
      for (let run = 0; run < runs; run += 1) {
        const [one = [], two = []] = rows;
        fill(one, factor);
        fill(two, 1);
        const found = isCut
          ? pooledCap({ arms: [one, two], quantile: 0.99, sides: 'upper' })
          : null;
        if (found?.ok === false) throw new Error(found.detail);
        const cut = (values: number[]): readonly number[] =>
          found === null ? values : winsorise(values, found.cap);
        const compared = welch({
          treatment: summaryOf(cut(one)),
          control: summaryOf(cut(two)),
          alpha: ALPHA,
        });
        if (compared.ok && !contains(compared.interval, 0)) alarms += 1;
      }
      return rateOf(alarms, runs);
    };
    const size = share(1, true);
    expectAtMost('winsorised at 99 %, A/A', size, ALPHA);
    expect(size.rate).toBeGreaterThan(0.035);
    const cutPower = share(1.5, true);
    const rawPower = share(1.5, false);
    tell('winsorised at 99 %, half as much again: found', cutPower);
    tell('not cut, half as much again: found', rawPower);
    expect(cutPower.rate).toBeGreaterThan(rawPower.rate + 0.03);
  });
});
