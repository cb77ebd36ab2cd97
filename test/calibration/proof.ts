import { appendFileSync } from 'node:fs';

/**
 * How many times more replicates than the tests of every change take. `npm run calibrate` sets it; the
 * tolerances follow the number of replicates, so a larger run is a stricter one.
 */
const SCALE = scaleOf(process.env['CALIBRATION_SCALE']);
/** Where measured rates are collected for a table, when somebody asks for one. */
const REPORT = process.env['CALIBRATION_REPORT'];

const { max, round, sqrt } = Math;

/** A measured rate and the number of independent runs it was measured in; null when enumerated. */
export interface Measured {
  rate: number;
  replicates: number | null;
}

export function replicates(inEveryTest: number): number {
  return round(inEveryTest * SCALE);
}

export function rateOf(count: number, runs: number): Measured {
  return { rate: count / runs, replicates: runs };
}

/** Three standard errors of a rate over so many runs: a true claim fails for one seed in 370. */
export function threeSigma(rate: number, runs: number | null): number {
  return runs === null ? 0 : 3 * sqrt((rate * (1 - rate)) / runs);
}

/** The rate is at most nominal (and a stated slack), as far as so many runs can tell. */
export function expectAtMost(
  proof: string,
  { rate, replicates: runs }: Measured,
  nominal: number,
  slack = 0,
): void {
  const limit = nominal + slack + threeSigma(nominal, runs);
  record(proof, { rate, replicates: runs }, `<= ${shown(limit)}`);
  expect(rate).toBeLessThanOrEqual(limit);
}

/** The rate is at least so much, as far as so many runs can tell. */
export function expectAtLeast(
  proof: string,
  { rate, replicates: runs }: Measured,
  nominal: number,
): void {
  const limit = nominal - threeSigma(nominal, runs);
  record(proof, { rate, replicates: runs }, `>= ${shown(limit)}`);
  expect(rate).toBeGreaterThanOrEqual(limit);
}

/**
 * The rate is what it should be, in both directions. `slack` is what the target itself leaves open: the
 * rounding of a published value, or the order of an approximation.
 */
export function expectNear(
  proof: string,
  { rate, replicates: runs }: Measured,
  target: number,
  slack = 0,
): void {
  const near = slack + threeSigma(target, runs);
  record(proof, { rate, replicates: runs }, `${shown(target)} +- ${shown(near)}`);
  expect(rate).toBeGreaterThanOrEqual(target - near);
  expect(rate).toBeLessThanOrEqual(target + near);
}

/** The rate lies in a range that leaves room for an approximation; chance gets none on top. */
export function expectWithin(proof: string, measured: Measured, low: number, high: number): void {
  record(proof, measured, `${shown(low)} to ${shown(high)}`);
  expect(measured.rate).toBeGreaterThanOrEqual(low);
  expect(measured.rate).toBeLessThanOrEqual(high);
}

/** A rate that is told and not promised. */
export function tell(proof: string, measured: Measured): void {
  record(proof, measured, '');
}

function record(proof: string, { rate, replicates: runs }: Measured, allowed: string): void {
  if (REPORT === undefined) return;
  const { currentTestName = '' } = expect.getState();
  const line = { test: currentTestName, proof, measured: shown(rate), allowed, replicates: runs };
  appendFileSync(REPORT, `${JSON.stringify(line)}\n`);
}

function shown(value: number): string {
  return value.toFixed(max(4, value !== 0 && value < 0.001 ? 6 : 4));
}

function scaleOf(given: string | undefined): number {
  const scale = Number(given ?? '1');
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`CALIBRATION_SCALE must be a number above 0, got ${given}`);
  }
  return scale;
}
