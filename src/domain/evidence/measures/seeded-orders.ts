/**
 * A stream of whole numbers from 0 up to (not including) a bound, the same for the same seed:
 * splitmix32, the 32-bit relative of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
 * generators". Good enough to shuffle interviews; not for keys or secrets.
 */
function seededBelow(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    const uniform = ((z ^ (z >>> 15)) >>> 0) / 0x1_0000_0000;
    return Math.floor(uniform * bound);
  };
}

/**
 * Random orders of 0 to size - 1, each as likely as any other and the same for the same seed
 * (Fisher and Yates; Durstenfeld 1964, Algorithm 235). The array handed to `visit` is used again for
 * the next order.
 */
export function forSeededOrders(
  { size, orders, seed }: { size: number; orders: number; seed: number },
  visit: (order: readonly number[]) => void,
): void {
  const below = seededBelow(seed);
  const order = Array.from({ length: size }, (_, at) => at);
  for (let turn = 0; turn < orders; turn += 1) {
    for (let last = size - 1; last > 0; last -= 1) {
      const at = below(last + 1);
      [order[last], order[at]] = [order[at] ?? 0, order[last] ?? 0];
    }
    visit(order);
  }
}
