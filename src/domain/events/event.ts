import type { UnitKind } from '../experiments/definition.js';
import { MONEY_FAULTS } from '../money/ledger.js';
import { isPrintable } from '../text/is-printable.js';
import { LINE_FAULTS } from './line-fault.js';
import { UNIT_ID_FAULTS } from './unit-id.js';

/** What happened to a unit, as it is kept. */

export const EVENT_TYPES = ['exposure', 'event', 'money', 'identify'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** `browser`: sent with a public key, which anybody can read out of a page. */
const EVENT_SOURCES = ['server', 'browser'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/** Why one event of a batch was not stored. */
export const EVENT_FAULTS = [
  ...LINE_FAULTS,
  'invalid-event',
  'invalid-event-id',
  'invalid-timestamp',
  'event-in-future',
  'event-too-old',
  ...UNIT_ID_FAULTS,
  'missing-unit',
  'unit-kind-mismatch',
  'unknown-experiment',
  'unknown-variant',
  ...MONEY_FAULTS,
  'missing-amount',
  'missing-currency',
  'too-many-decimals',
  'money-not-allowed',
  'event-id-conflict',
  'unit-erased',
  'unit-rate-exceeded',
] as const;
export type EventFaultCode = (typeof EVENT_FAULTS)[number];

/** One refusal: a stable code, and the sentence for whoever has to repair the sender. */
export class EventFault {
  constructor(
    readonly code: EventFaultCode,
    readonly detail: string,
    /** What could be read of it, in the shape of an event: kept for whoever repairs the sender. */
    readonly item?: Readonly<Record<string, unknown>>,
  ) {}
}

export interface UnitRef {
  kind: UnitKind;
  id: string;
}

export type EventProperties = Readonly<Record<string, unknown>>;

interface Happening {
  /** Chosen by the sender; the same id is the same event for as long as it is kept. */
  id: string;
  unit: UnitRef;
  /** By our clock, where the sender said what its own said when it sent. */
  occurredAt: Date;
  /** What the sender's clock said it was, where that was corrected. */
  claimedAt?: Date;
}

/** The unit met a variant. */
export interface Exposure extends Happening {
  type: 'exposure';
  experiment: string;
  variant: string;
  attributes?: EventProperties;
}

/** The unit did something. */
export interface BehaviourEvent extends Happening {
  type: 'event';
  name: string;
  value?: number;
  properties?: EventProperties;
}

/** A ledger entry of the unit: signed, in minor units. */
export interface MoneyEvent extends Happening {
  type: 'money';
  name: string;
  amountMinor: number;
  currency: string;
  /** Id of the event that this one corrects, such as the sale of a refund. */
  refersTo?: string;
  properties?: EventProperties;
}

/** Two units are one person or company; `unit` is `from`. */
interface IdentifyEvent extends Happening {
  type: 'identify';
  to: UnitRef;
}

export type IncomingEvent = Exposure | BehaviourEvent | MoneyEvent | IdentifyEvent;

export const EVENT_ID_LENGTH_MAX = 200;
export const EVENT_NAME_LENGTH_MAX = 200;

/** Whether this can be the id of an event: 1 to 200 characters, none of them a control character. */
export function isEventId(id: unknown): id is string {
  return isPlainText(id, EVENT_ID_LENGTH_MAX);
}

/** Whether this can be the name of an event, by the rule of ids. */
export function isEventName(name: unknown): name is string {
  return isPlainText(name, EVENT_NAME_LENGTH_MAX);
}

/**
 * Ids that money of orders and of Stripe gets, see `domain/tracking`. They follow from numbers that
 * anybody can guess, or that the payer sees; a key out of a page must not be first to use one.
 */
export const ORDER_ID_PREFIX = 'order:';
export const REFUND_ID_PREFIX = 'refund:';
export const STRIPE_ID_PREFIX = 'stripe:';
const MONEY_ID_PREFIXES = [ORDER_ID_PREFIX, REFUND_ID_PREFIX, STRIPE_ID_PREFIX];

/** Whether the id belongs to money of orders or of Stripe. */
export function isOrderMoneyId(id: string): boolean {
  return MONEY_ID_PREFIXES.some((prefix) => id.startsWith(prefix));
}

function isPlainText(text: unknown, lengthMax: number): text is string {
  return (
    typeof text === 'string' && text.length >= 1 && text.length <= lengthMax && isPrintable(text)
  );
}
