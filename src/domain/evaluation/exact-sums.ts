import { Invalid } from '../errors.js';

/**
 * Exact decimal numbers, and moments from exact raw sums. Raw sums of squares in floating point lose
 * the variance of a metric with a large mean, so sums stay exact until they have been centred, and
 * only the results become double precision.
 */
export interface Exact {
  units: bigint;
  /** Digits after the decimal point. */
  scale: number;
}

export const ZERO: Exact = { units: 0n, scale: 0 };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** @throws RangeError for anything but decimal digits */
export function exactFrom(text: string): Exact {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a decimal number: ${text.slice(0, 40)}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

export function plus(one: Exact, other: Exact): Exact {
  const scale = Math.max(one.scale, other.scale);
  return { units: scaled(one, scale) + scaled(other, scale), scale };
}

export function minus(one: Exact, other: Exact): Exact {
  return plus(one, { ...other, units: -other.units });
}

export function times(one: Exact, other: Exact): Exact {
  return { units: one.units * other.units, scale: one.scale + other.scale };
}

export function exactInteger(units: bigint): Exact {
  return { units, scale: 0 };
}

/**
 * The nearest double of `number / 10 ** shift`; the decimal text is read by the language itself.
 * @throws Invalid `numbers-too-large` where there is none
 */
export function toDouble({ units, scale }: Exact, shift = 0): number {
  const nearest = Number(`${units}e${-(scale + shift)}`);
  if (!Number.isFinite(nearest)) throw tooLarge();
  return nearest;
}

/** Digits beyond those of the sum, far more than a double has, so that it is rounded once. */
const QUOTIENT_DIGITS = 40;

export function dividedBy({ units, scale }: Exact, divisor: bigint): Exact {
  return {
    units: (units * 10n ** BigInt(QUOTIENT_DIGITS)) / divisor,
    scale: scale + QUOTIENT_DIGITS,
  };
}

/** A whole number in decimal digits. @throws RangeError when it is none */
export function wholeDigits({ units, scale }: Exact): string {
  const one = 10n ** BigInt(scale);
  if (units % one !== 0n) throw new RangeError('not a whole number');
  return String(units / one);
}

/** A sum that cannot be held: somebody sent an absurd value. */
export function tooLarge(): Invalid {
  return new Invalid(
    'numbers-too-large',
    'The values of a metric are too large to be summed: look for events with an absurd value.',
  );
}

/** Sums over the units of an arm. */
export interface PowerSums {
  n: bigint;
  first: Exact;
  second: Exact;
  third: Exact;
}

/** A sum's mean and centred second and third moments (not divided by n); 0 without units. */
export function centred(
  { n, first, second, third }: PowerSums,
  shift: number,
): { mean: number; squares: number; cubes: number } {
  if (n === 0n) return { mean: 0, squares: 0, cubes: 0 };
  const count = exactInteger(n);
  // n S2 - S1^2, and n^2 S3 - 3 n S1 S2 + 2 S1^3.
  const squares = minus(times(count, second), times(first, first));
  const cubes = plus(
    minus(times(times(count, count), third), times(exactInteger(3n * n), times(first, second))),
    times(exactInteger(2n), times(first, times(first, first))),
  );
  return {
    mean: toDouble(dividedBy(first, n), shift),
    squares: toDouble(dividedBy(squares, n), 2 * shift),
    cubes: toDouble(dividedBy(cubes, n * n), 3 * shift),
  };
}

/** The centred sum of the products of two columns. */
export function centredProduct(
  { n, product, one, other }: { n: bigint; product: Exact; one: Exact; other: Exact },
  shift: number,
): number {
  if (n === 0n) return 0;
  const centredSum = minus(times(exactInteger(n), product), times(one, other));
  return toDouble(dividedBy(centredSum, n), shift);
}

function scaled({ units, scale }: Exact, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - scale);
}
