import fc from 'fast-check';
import { seededNormal, seededUniform } from '../../calibration/seeded-random.js';
import { mergeMoments, type Moments, momentsOfRows } from '../../../src/stats/moments.js';

/** One randomised unit of a made-up experiment. */
export interface Unit {
  /** The outcome, above 0. */
  y: number;
  /** A denominator such as orders, above 0. */
  orders: number;
  /** Known before exposure and related to the outcome. */
  before: number;
  stratum: 0 | 1;
}

export interface Experiment {
  treatment: readonly Unit[];
  control: readonly Unit[];
}

/** Columns of `momentsOf`. */
export const Y = 0;
export const ORDERS = 1;
export const BEFORE = 2;

const size = fc.integer({ min: 12, max: 60 });

/** Experiments of two skewed arms that differ by none to a large effect. */
export const anExperiment: fc.Arbitrary<Experiment> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    treatment: size,
    control: size,
    effect: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
  })
  .map(({ seed, treatment, control, effect }) => {
    const uniform = seededUniform(seed);
    const deviate = seededNormal(uniform);
    const arm = (n: number, shiftBy: number): Unit[] =>
      Array.from({ length: n }, (_value, i): Unit => {
        const common = deviate();
        return {
          y: Math.exp(1 + shiftBy + 0.4 * common + 0.3 * deviate()),
          orders: 1 + Math.floor(4 * uniform()),
          before: 5 + common + 0.5 * deviate(),
          stratum: i % 3 === 0 ? 0 : 1,
        };
      });
    return { treatment: arm(treatment, effect), control: arm(control, 0) };
  });

export function momentsOf(units: readonly Unit[]): Moments {
  return momentsOfRows(units.map(({ y, orders, before }) => [y, orders, before]));
}

/** The same units in another order. */
export function shuffled(units: readonly Unit[], seed: number): Unit[] {
  const uniform = seededUniform(seed);
  return units
    .map((unit) => ({ unit, key: uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ unit }) => unit);
}

/** Moments of shards of the units, merged in an order of their own. */
export function mergedShards(units: readonly Unit[], seed: number): Moments {
  const uniform = seededUniform(seed);
  const shards: Unit[][] = [[], [], [], [], []];
  for (const unit of units) shards[Math.floor(5 * uniform())]?.push(unit);
  const parts = shards.map((shard) =>
    momentsOfRows(
      shard.map(({ y, orders, before }) => [y, orders, before]),
      3,
    ),
  );
  while (parts.length > 1) {
    const [first] = parts.splice(Math.floor(parts.length * uniform()), 1);
    const [second] = parts.splice(Math.floor(parts.length * uniform()), 1);
    if (first !== undefined && second !== undefined) parts.push(mergeMoments(first, second));
  }
  const [whole] = parts;
  if (whole === undefined) throw new Error('something is left of five parts');
  return whole;
}

/** Both arms with every outcome in another unit. */
export function rescaled({ treatment, control }: Experiment, factor: number): Experiment {
  const scale = (unit: Unit): Unit => ({ ...unit, y: unit.y * factor });
  return { treatment: treatment.map(scale), control: control.map(scale) };
}

export function swapped({ treatment, control }: Experiment): Experiment {
  return { treatment: control, control: treatment };
}
