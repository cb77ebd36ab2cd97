import {
  EventFault,
  type EventFaultCode,
  type EventProperties,
  type EventSource,
  ORDER_ID_PREFIX,
  REFUND_ID_PREFIX,
} from '../events/event.js';
import { isCurrency, minorUnits } from '../money/currencies.js';
import { minorAmount } from './minor-amount.js';
import { ORDER_AMOUNTS, type OrderAmount } from './order-amount.js';
import { isSaid, textOf } from './said.js';

/** Events of the e-commerce specification that move money, by name. */
const ORDER_COMPLETED = 'Order Completed';
const ORDER_REFUNDED = 'Order Refunded';

/** What the money of an order follows from beside its properties. */
export interface OrderRules {
  /** Id of the event that tells of it. */
  eventId: string;
  source: EventSource;
  orderAmount: OrderAmount;
}

/** The members of a money event that an order says. */
export interface OrderMoney {
  id: string;
  type: 'money';
  name: 'revenue' | 'refund';
  amountMinor: number;
  currency: string;
  refersTo?: string;
}

/** Whether an event of this name moves money. */
export function isOrderEvent(name: unknown): boolean {
  return name === ORDER_COMPLETED || name === ORDER_REFUNDED;
}

/**
 * The money of an order event, or why there is none; null for events that move none.
 *
 * - An order is one entry, whoever reports it and however often: its id follows from `order_id`
 *   alone, and nothing else of the event is in it.
 * - A refund may come in parts, so its id follows from the event; it names the order it is of, and
 *   is a refund whichever sign its sender writes.
 * - What of an order is income is what the project declared. A refund says what was paid back in one
 *   amount, which the specification calls `total`: the declared one counts where both are there.
 * - No currency is assumed and nothing is rounded.
 *
 * Source: Segment, e-commerce events v2.
 */
export function orderMoney(
  eventName: unknown,
  properties: EventProperties,
  rules: OrderRules,
): OrderMoney | EventFault | null {
  if (!isOrderEvent(eventName)) return null;
  const isRefund = eventName === ORDER_REFUNDED;
  const name = isRefund ? 'refund' : 'revenue';
  if (rules.source === 'browser') {
    // One letter for all of them: with the id of the order, each sale would be a letter.
    return new EventFault('money-not-allowed', PUBLIC_KEY, { id: eventName, type: 'money', name });
  }
  const orderId = textOf(properties['order_id']);
  const entryId = orderId === null ? rules.eventId : `${ORDER_ID_PREFIX}${orderId}`;
  const id = isRefund ? `${REFUND_ID_PREFIX}${rules.eventId}` : entryId;
  const price =
    orderId === null
      ? new Refusal('invalid-event-id', NO_ORDER_ID)
      : priceOf(properties, rules.orderAmount, isRefund);
  if (price instanceof Refusal) {
    const kept = { id, type: 'money', name, properties: moneyProperties(properties) };
    return new EventFault(price.code, price.detail, kept);
  }
  const { amountMinor, currency } = price;
  if (!isRefund) return { id, type: 'money', name: 'revenue', amountMinor, currency };
  const negative = amountMinor === 0 ? 0 : -Math.abs(amountMinor);
  return { id, type: 'money', name: 'refund', amountMinor: negative, currency, refersTo: entryId };
}

class Refusal {
  constructor(
    readonly code: EventFaultCode,
    readonly detail: string,
  ) {}
}

const PUBLIC_KEY =
  'A public key records an order as an event. Its money has to come with a write key, from a server.';
const NO_ORDER_ID = 'properties.order_id names the order: without it, one sale would count twice.';

function priceOf(
  properties: EventProperties,
  declared: OrderAmount,
  isRefund: boolean,
): { amountMinor: number; currency: string } | Refusal {
  const other = ORDER_AMOUNTS.find((amount) => amount !== declared) ?? declared;
  const from = isRefund && !isSaid(properties[declared]) ? other : declared;
  if (!isSaid(properties[from])) return new Refusal('missing-amount', missingAmount(declared));
  const said = properties['currency'];
  if (!isSaid(said)) {
    return new Refusal(
      'missing-currency',
      'properties.currency is missing: send an ISO 4217 code such as EUR, none is assumed.',
    );
  }
  const currency = typeof said === 'string' ? said.toUpperCase() : '';
  if (!isCurrency(currency)) {
    return new Refusal('unknown-currency', 'properties.currency is an ISO 4217 code such as EUR.');
  }
  const amountMinor = minorAmount(properties[from], currency);
  if (amountMinor === 'invalid-amount') {
    return new Refusal(
      'invalid-amount',
      `properties.${from} is an amount in major units, as a number or as text such as "19.99".`,
    );
  }
  if (amountMinor === 'too-many-decimals') {
    return new Refusal(
      'too-many-decimals',
      `${currency} has ${minorUnits(currency)} decimals and properties.${from} has more: send what was charged.`,
    );
  }
  return { amountMinor, currency };
}

function missingAmount(declared: OrderAmount): string {
  return (
    `properties.${declared} is missing: it is what this project counts of an order. Send it, or ` +
    'change orderAmount with PUT /v1/project.'
  );
}

/** What of the properties the fault may be about. */
function moneyProperties(properties: EventProperties): Record<string, unknown> {
  const names = ['order_id', ...ORDER_AMOUNTS, 'currency'];
  return Object.fromEntries(
    names.flatMap((name) => (isSaid(properties[name]) ? [[name, properties[name]]] : [])),
  );
}
