/**
 * Probability below `z` of a standard normal, by the series of Marsaglia (2004),
 * "Evaluating the Normal Distribution", J. Stat. Softw. 11(4): phi(z) (z + z^3/3 + z^5/15 ...).
 * Absolute error below 1e-14 for |z| < 7; beyond 8 it is 0 or 1.
 * @param {number} z
 */
export function normalCdf(z) {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = 0;
  let term = z;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    sum += term;
    term *= (z * z) / odd;
  }
  return 0.5 + (sum * Math.exp(-(z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
