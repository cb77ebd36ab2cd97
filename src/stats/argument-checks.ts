/**
 * Arguments that a program chooses (a level, a margin, a quantile) are checked here and throw
 * `RangeError`. Data never throws: a method answers `NotComputed` with a reason instead.
 */

export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value))
    throw new RangeError(`${name} must be a finite number, got ${value}`);
}

/** Finite and above zero. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0) || value === Infinity) {
    throw new RangeError(`${name} must be a finite number above 0, got ${value}`);
  }
}

/** A point on the line; infinities are allowed because a distribution is defined there. */
export function requirePoint(name: string, value: number): void {
  if (Number.isNaN(value)) throw new RangeError(`${name} must be a number, got NaN`);
}

/** In the closed range 0 to 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`${name} must be between 0 and 1, got ${value}`);
  }
}

/** A level such as alpha or power: strictly between 0 and 1. */
export function requireLevel(name: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new RangeError(`${name} must be strictly between 0 and 1, got ${value}`);
  }
}

/**
 * Hands a computed probability on. A value outside 0 to 1 is a fault in this program, so it stops
 * here: clamping it would hide the fault in a number that looks right.
 *
 * @throws Error when the value is not a probability.
 */
export function assertProbability(what: string, value: number): number {
  if (!(value >= 0 && value <= 1)) {
    throw new Error(`${what} came out as ${value}, which is not a probability`);
  }
  return value;
}
