/** Equal up to rounding, as a share of the larger one; near 0 as a share of `size`. */
export function expectNear(a: number, b: number, tolerance: number, size = 0): void {
  const room = tolerance * Math.max(Math.abs(a), Math.abs(b), size);
  expect(Math.abs(a - b)).toBeLessThanOrEqual(room);
}
