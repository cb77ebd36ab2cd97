/** A stream of uniform numbers in (0, 1) that is the same for the same seed (splitmix32). */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000 + 2 ** -33;
  };
}

/** Standard normal numbers by the polar method. */
export function seededNormal(uniform: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  };
}

/** Binomial(n, p) numbers, by inverting a table of the distribution made once. */
export function seededBinomial(n: number, p: number, uniform: () => number): () => number {
  const cumulative: number[] = [];
  let logMass = n * Math.log1p(-p);
  let total = 0;
  for (let k = 0; k <= n; k += 1) {
    total += Math.exp(logMass);
    cumulative.push(total);
    if (total > 0.5 && Math.exp(logMass) < 1e-18) break;
    logMass += Math.log((n - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
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
