/** Decimal numbers of any length, `units` / 10^`places`: what the oracle of moments counts with. */
export interface Exact {
  units: bigint;
  places: number;
}

const NOTHING: Exact = { units: 0n, places: 0 };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/;
/** More than a double can tell apart. */
const DIGITS = 40;

/** The number as it is written: 0.1 is a tenth, not the double nearest to it. */
export function exact(value: number | bigint): Exact {
  if (typeof value === 'bigint') return { units: value, places: 0 };
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(String(value)) ?? [];
  if (whole === undefined) throw new RangeError(`${value} is not a decimal number`);
  const places = fraction.length - Number(exponent);
  const size = BigInt(whole + fraction) * (places < 0 ? 10n ** BigInt(-places) : 1n);
  return { units: sign === '-' ? -size : size, places: Math.max(0, places) };
}

/** Moves the decimal point to the left: minor units become major ones. */
export function movedBy({ units, places }: Exact, digits: number): Exact {
  return { units, places: places + digits };
}

export function plus(one: Exact, other: Exact): Exact {
  const places = Math.max(one.places, other.places);
  return { units: unitsAt(one, places) + unitsAt(other, places), places };
}

export function times(one: Exact, ...others: readonly Exact[]): Exact {
  return others.reduce(
    (product, other) => ({
      units: product.units * other.units,
      places: product.places + other.places,
    }),
    one,
  );
}

export function minus(one: Exact, other: Exact): Exact {
  return plus(one, { ...other, units: -other.units });
}

export function isLess(one: Exact, other: Exact): boolean {
  return minus(one, other).units < 0n;
}

export function totalOf(values: readonly Exact[]): Exact {
  return values.reduce(plus, NOTHING);
}

/** The nearest whole number, halves away from zero. */
export function rounded({ units, places }: Exact): bigint {
  const one = 10n ** BigInt(places);
  const size = units < 0n ? -units : units;
  const whole = (2n * size + one) / (2n * one);
  return units < 0n ? -whole : whole;
}

/** numerator / denominator as the nearest double. */
export function quotient(numerator: Exact, denominator: Exact): number {
  const places = Math.max(numerator.places, denominator.places);
  const above = unitsAt(numerator, places);
  const below = unitsAt(denominator, places);
  if (above === 0n) return 0;
  const sign = above < 0n === below < 0n ? '' : '-';
  const [size, by] = [above < 0n ? -above : above, below < 0n ? -below : below];
  const up = Math.max(0, DIGITS + String(by).length - String(size).length);
  const shifted = size * 10n ** BigInt(up);
  // A digit for what is lost, so that no tie is seen where there is none.
  const sticky = shifted % by === 0n ? '0' : '1';
  return Number(`${sign}${shifted / by}${sticky}e${-up - 1}`);
}

export function asNumber(value: Exact): number {
  return quotient(value, exact(1));
}

function unitsAt({ units, places }: Exact, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - places);
}
