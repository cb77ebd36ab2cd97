/** A quantile to find, on a support that starts at 0. */
export interface TailEquation {
  /** Cumulative probability minus the wanted one, measured on the smaller of the two tails. */
  residual(x: number): number;
  density(x: number): number;
  /** Derivative of the log density, for Halley's step. */
  logSlope(x: number): number;
  start: number;
  /** End of the support or a point known to lie above the quantile; Infinity when unknown. */
  high: number;
}

const STEPS_MAX = 400;
const LAST_DIGIT = 3e-16;
/** A last step this small is rounding in the tail itself, not a failure to converge. */
const ROUNDING = 1e-11;

/**
 * Solves for a quantile by Halley steps kept inside a bracket. The smaller tail carries the
 * residual, so that a quantile far out keeps its digits.
 *
 * @throws Error when it does not converge, which would be a fault in the tail function.
 */
export function solveTail(equation: TailEquation): number {
  let low = 0;
  let high = equation.high;
  let x = equation.start;
  if (!(x > low && x < high)) x = insideBracket(low, high);
  let change = Infinity;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const residual = equation.residual(x);
    if (residual === 0) return x;
    if (residual > 0) high = x;
    else low = x;
    const newton = residual / equation.density(x);
    const bend = Math.max(-1, Math.min(1, newton * equation.logSlope(x)));
    let next = x - newton / (1 - bend / 2);
    if (!(next > low && next < high)) next = insideBracket(low, high);
    change = Math.abs(next - x) / next;
    x = next;
    const isPinned = high < Infinity && high - low <= LAST_DIGIT * high;
    if (change <= LAST_DIGIT || isPinned) return x;
    if (step > 60 && change <= ROUNDING) return x;
  }
  if (change <= ROUNDING) return x;
  throw new Error(`quantile did not converge near ${x}`);
}

/** The next point of a bisection that also moves fast over many orders of magnitude. */
function insideBracket(low: number, high: number): number {
  if (high === Infinity) return Math.max(2 * low, 1);
  if (low === 0) return high / 1000;
  return high / low > 4 ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
}
