/**
 * Which amount of an order is income: `revenue` is without shipping and tax, `total` with them. What
 * reaches the ledger is a declaration of the project, never a guess about a sender.
 */
export const ORDER_AMOUNTS = ['revenue', 'total'] as const;
export type OrderAmount = (typeof ORDER_AMOUNTS)[number];
