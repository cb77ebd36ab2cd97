/** Taken once: a test's own global scope is slow to look into, and these are called by the million. */
const { exp, imul, log, log1p, sqrt } = Math;

/** A stream of uniform numbers in (0, 1) that is the same for the same seed (splitmix32). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = imul(z ^ (z >>> 16), 0x21f0aaad);
    z = imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000 + 2 ** -33;
  };
}

/** Standard normal numbers by the polar method. */
export function seededNormal(uniform: () => number): () => number {
  let spare = 0;
  let hasSpare = false;
  return () => {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = sqrt((-2 * log(s)) / s);
      spare = v * factor;
      hasSpare = true;
      return u * factor;
    }
  };
}

/** Binomial(n, p) numbers, by inverting a table of the distribution made once. */
export function seededBinomial(n: number, p: number, uniform: () => number): () => number {
  const cumulative: number[] = [];
  let logMass = n * log1p(-p);
  let total = 0;
  for (let k = 0; k <= n; k += 1) {
    total += exp(logMass);
    cumulative.push(total);
    if (total > 0.5 && exp(logMass) < 1e-18) break;
    logMass += log((n - k) / (k + 1)) + log(p) - log1p(-p);
  }
  return () => {
    const u = uniform();
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 1) < u) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Gamma(shape, 1) numbers for a shape of 1 or more (Marsaglia and Tsang 2000). */
export function seededGamma(
  shape: number,
  uniform: () => number,
  draw: () => number,
): () => number {
  if (!(shape >= 1)) throw new RangeError(`shape must be at least 1, got ${shape}`);
  const d = shape - 1 / 3;
  const c = 1 / sqrt(9 * d);
  return () => {
    for (;;) {
      const x = draw();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      if (log(uniform()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
  };
}

/** Beta(a, b) numbers for shapes of 1 or more. */
export function seededBeta(
  a: number,
  b: number,
  uniform: () => number,
  draw: () => number,
): () => number {
  const first = seededGamma(a, uniform, draw);
  const second = seededGamma(b, uniform, draw);
  return () => {
    const x = first();
    return x / (x + second());
  };
}
