/**
 * The one door to probability distributions. Every tail is computed directly, never as 1 - cdf, and
 * agrees with 60-digit arithmetic to a relative 1e-9 or better. Bad arguments throw `RangeError`.
 */
export { beta } from './distributions/beta.js';
export { centralF } from './distributions/central-f.js';
export { chiSquare } from './distributions/chi-square.js';
export { gamma } from './distributions/gamma.js';
export { logBeta, logGamma } from './distributions/log-gamma.js';
export { normal } from './distributions/normal.js';
export { studentT } from './distributions/student-t.js';
