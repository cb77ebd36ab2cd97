/** Nodes in (-1, 1) with their weights; the weights sum to 2. */
export interface QuadratureRule {
  nodes: readonly number[];
  weights: readonly number[];
}

const rules = new Map<number, QuadratureRule>();

/**
 * Gauss-Legendre rule with `count` nodes, exact for polynomials up to degree 2·count - 1. Nodes are
 * the zeros of the Legendre polynomial, found by Newton steps from Tricomi's estimate.
 *
 * @throws RangeError when count is not a whole number of at least 1.
 */
export function gaussLegendre(count: number): QuadratureRule {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`count must be a whole number of at least 1, got ${count}`);
  }
  const known = rules.get(count);
  if (known !== undefined) return known;
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < count; i += 1) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = legendre(count, x).slope;
    for (let step = 0; step < 100; step += 1) {
      const { value, slope: here } = legendre(count, x);
      slope = here;
      const change = value / here;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  const rule = { nodes, weights };
  rules.set(count, rule);
  return rule;
}

/**
 * Integral of `f` over the panels between neighbouring break points. Break points belong where `f`
 * changes its character, so that every panel is smooth.
 *
 * @param breaks increasing points; panels of zero width add nothing.
 */
export function integrate(
  f: (x: number) => number,
  breaks: readonly number[],
  nodesPerPanel: number,
): number {
  const { nodes, weights } = gaussLegendre(nodesPerPanel);
  let total = 0;
  for (let panel = 1; panel < breaks.length; panel += 1) {
    const low = breaks[panel - 1] ?? 0;
    const high = breaks[panel] ?? 0;
    const half = (high - low) / 2;
    if (half <= 0) continue;
    let sum = 0;
    nodes.forEach((node, i) => {
      sum += (weights[i] ?? 0) * f(low + half * (1 + node));
    });
    total += sum * half;
  }
  return total;
}

/** Legendre polynomial of degree n and its derivative, by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let k = 2; k <= n; k += 1) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}
