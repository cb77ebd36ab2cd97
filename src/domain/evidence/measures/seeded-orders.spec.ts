import { forSeededOrders } from './seeded-orders.js';

function ordersOf(size: number, orders: number, seed: number): string[] {
  const seen: string[] = [];
  forSeededOrders({ size, orders, seed }, (order) => seen.push(order.join('')));
  return seen;
}

describe('forSeededOrders', () => {
  it('gives the same orders for the same seed and others for another', () => {
    expect(ordersOf(8, 20, 7)).toEqual(ordersOf(8, 20, 7));
    expect(ordersOf(8, 20, 7)).not.toEqual(ordersOf(8, 20, 8));
  });

  it('gives every order of four about as often as any other', () => {
    const counts = new Map<string, number>();
    for (const order of ordersOf(4, 24_000, 1)) counts.set(order, (counts.get(order) ?? 0) + 1);
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // The 99.9th percentile of chi-square with 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(49.73);
  });

  it.each([0, 1])('has one order of %i things', (size) => {
    expect(new Set(ordersOf(size, 3, 5)).size).toBe(1);
  });
});
