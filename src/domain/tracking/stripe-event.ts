import { STRIPE_ID_PREFIX } from '../events/event.js';
import { stripeAmountMinor } from './stripe-amount.js';
import { at, idAt, instantOf, isStripeObject, listAt, type StripeObject } from './stripe-object.js';

/**
 * Why an event of Stripe brings nothing. Nothing is wrong then: it is not to be sent again.
 * - `not-an-event`: no event that carries the object it is about
 * - `test-mode`: money of a test mode, and this service is no sandbox
 * - `event-not-used`: a kind of event that moves no money, or whose money another kind tells
 * - `not-captured`: a charge that is only authorised; `charge.captured` tells the money
 * - `no-money-moved`: a refund that took nothing from the balance, an invoice or session of nothing
 * - `no-unit-named`: it could only have said who paid, and does not
 * - `refunds-come-alone`: the charge without its refunds; `refund.created` tells each
 */
export const STRIPE_IGNORED = [
  'not-an-event',
  'test-mode',
  'event-not-used',
  'not-captured',
  'no-money-moved',
  'no-unit-named',
  'refunds-come-alone',
] as const;
export type StripeIgnored = (typeof STRIPE_IGNORED)[number];

/** Ledger names of money that comes back to us; those of the ledger go one way. */
export const REFUND_REVERSAL = 'refund_reversal';
export const CHARGEBACK_REVERSAL = 'chargeback_reversal';

/** An entry for the log, all but its unit. Members that are null are for the log to refuse. */
export interface StripeEntry {
  event: StripeMoney | StripeNaming;
  /** Who paid, where this event says so. */
  unitId: string | null;
  /** Id of the entry whose unit it is otherwise. */
  waitsFor: string | null;
}

interface StripeMoney {
  id: string;
  type: 'money';
  occurredAt: string | null;
  name: string;
  amountMinor: number | null;
  currency: string | null;
  refersTo?: string;
}

/** Says whose a payment, invoice or subscription is; entries about it take their unit from here. */
interface StripeNaming {
  id: string;
  type: 'event';
  occurredAt: string | null;
  name: 'stripe_payment' | 'stripe_invoice' | 'stripe_subscription';
}

export interface StripeRules {
  /** The member of metadata that holds the id of the unit. */
  unitMetadata: string;
  /** Whether money of test mode counts. */
  takesTestMode: boolean;
}

type Reading = readonly StripeEntry[] | StripeIgnored;

/** One event being read. */
interface Context {
  object: StripeObject;
  eventId: string;
  /** When Stripe noticed, as against when the object was made. */
  happenedAt: string | null;
  apiVersion: string;
  rules: StripeRules;
}

/**
 * What an event of Stripe means for the ledger (snapshot events of API version 2026-10-28, and of
 * older ones where they differ). Each movement of money has one id, whatever events tell of it, so
 * that copies and disorder change nothing:
 *
 * | movement | told by | id | ledger name |
 * | --- | --- | --- | --- |
 * | a charge is captured | `charge.succeeded`, `charge.captured` | `stripe:<charge>` | revenue |
 * | a refund leaves the balance | `refund.*`, `charge.refund.updated`, `charge.refunded` | `stripe:<refund>` | refund |
 * | it fails and comes back | `refund.failed`, `refund.updated` | `stripe:<refund>:returned` | refund_reversal |
 * | a dispute takes the money | `charge.dispute.funds_withdrawn` | `stripe:<dispute>` | chargeback |
 * | and gives it back | `charge.dispute.funds_reinstated` | `stripe:<dispute>:reinstated` | chargeback_reversal |
 *
 * Charges are the movements. Invoices and Checkout sessions are paid by charges: they only say who
 * paid, where the charge does not. Pure: who lends a unit to whom is looked up by the caller.
 *
 * @param event The body of a webhook.
 */
export function readStripeEvent(event: unknown, rules: StripeRules): Reading {
  const type = at(event, 'type');
  const object = at(event, 'data', 'object');
  if (typeof type !== 'string' || !isStripeObject(object)) return 'not-an-event';
  if (at(event, 'livemode') !== true && !rules.takesTestMode) return 'test-mode';
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined) return 'event-not-used';
  const version = at(event, 'api_version');
  return read({
    object,
    eventId: idAt(event, 'id') ?? 'unnamed',
    happenedAt: instantOf(at(event, 'created')),
    apiVersion: typeof version === 'string' ? version : LATEST,
    rules,
  });
}

const READERS: Readonly<Record<string, (context: Context) => Reading>> = {
  'charge.succeeded': ofCharge,
  'charge.captured': ofCharge,
  'charge.refunded': ofRefundedCharge,
  'charge.refund.updated': ofRefund,
  'refund.created': ofRefund,
  'refund.updated': ofRefund,
  'refund.failed': ofRefund,
  'charge.dispute.funds_withdrawn': ofWithdrawal,
  'charge.dispute.funds_reinstated': ofReinstatement,
  'checkout.session.completed': ofSession,
  'checkout.session.async_payment_succeeded': ofSession,
  'invoice.paid': ofInvoice,
  'invoice_payment.paid': ofInvoicePayment,
};

const LATEST = '9999-12-31';
/** Before it the part of an authorisation that was not captured came back as a refund. */
const RELEASES_WITHOUT_REFUND = '2025-03-31';

function ofCharge(context: Context): Reading {
  const { object, apiVersion } = context;
  if (object['captured'] !== true) return 'not-captured';
  const isWhole = apiVersion < RELEASES_WITHOUT_REFUND || object['amount_captured'] === undefined;
  const amount = isWhole ? object['amount'] : object['amount_captured'];
  const payer = entryOf(idAt(object, 'payment_intent')) ?? entryOf(idAt(object, 'invoice'));
  return [
    money(context, object, {
      name: 'revenue',
      sign: 1,
      amount,
      occurredAt: instantOf(object['created']),
      waitsFor: payer,
    }),
  ];
}

/** Old versions show the refunds with their charge, which may say whose they are. */
function ofRefundedCharge(context: Context): Reading {
  const refunds = listAt(context.object, 'refunds');
  if (refunds.length === 0) return 'refunds-come-alone';
  const unitId = unitIn(context, context.object['metadata']);
  const entries = refunds
    .filter(hasLeftBalance)
    .map((refund) => refundEntry(context, refund))
    .map((entry) => ({ ...entry, unitId: entry.unitId ?? unitId }));
  return entries.length === 0 ? 'no-money-moved' : entries;
}

function ofRefund(context: Context): Reading {
  const { object, happenedAt } = context;
  if (!hasLeftBalance(object)) return 'no-money-moved';
  const refund = refundEntry(context, object);
  if (!hasReturned(object)) return [refund];
  const returned = money(context, object, {
    suffix: ':returned',
    name: REFUND_REVERSAL,
    sign: 1,
    amount: object['amount'],
    occurredAt: happenedAt,
    ...aboutCharge(object),
  });
  return [refund, returned];
}

function refundEntry(context: Context, refund: StripeObject): StripeEntry {
  return money(context, refund, {
    name: 'refund',
    sign: -1,
    amount: refund['amount'],
    occurredAt: instantOf(refund['created']),
    ...aboutCharge(refund),
  });
}

/**
 * The balance transaction is the movement. A refund that waits for the customer or for funds has none
 * yet, and the release of an authorisation never gets one. Where the event does not show the member,
 * what succeeded has moved.
 */
function hasLeftBalance(refund: StripeObject): boolean {
  const transaction = refund['balance_transaction'];
  return transaction === undefined ? refund['status'] === 'succeeded' : transaction !== null;
}

function hasReturned(refund: StripeObject): boolean {
  const { status } = refund;
  return (
    status === 'failed' ||
    status === 'canceled' ||
    idAt(refund, 'failure_balance_transaction') !== null
  );
}

function ofWithdrawal(context: Context): Reading {
  return [ofDispute(context, { name: 'chargeback', sign: -1 })];
}

function ofReinstatement(context: Context): Reading {
  return [ofDispute(context, { suffix: ':reinstated', name: CHARGEBACK_REVERSAL, sign: 1 })];
}

function ofDispute(context: Context, movement: Pick<Movement, 'name' | 'sign' | 'suffix'>) {
  const { object, happenedAt } = context;
  return money(context, object, {
    ...movement,
    amount: disputedAmount(object, movement.sign),
    occurredAt: happenedAt,
    ...aboutCharge(object),
  });
}

/**
 * What really moved, where the balance is kept in the currency of the dispute: less comes back when
 * the charge had been refunded in part. Fees of disputes stand beside the amount and do not count.
 */
function disputedAmount(dispute: StripeObject, sign: 1 | -1): unknown {
  const moved = listAt(dispute, 'balance_transactions').find(
    ({ amount, currency }) =>
      Number.isSafeInteger(amount) &&
      (amount as number) * sign > 0 &&
      currency === dispute['currency'],
  );
  return moved === undefined ? dispute['amount'] : Math.abs(moved['amount'] as number);
}

/** A session knows who paid by its metadata, or by the id that the shop has given it. */
function ofSession(context: Context): Reading {
  const { object } = context;
  const paid = entryOf(idAt(object, 'payment_intent')) ?? entryOf(idAt(object, 'subscription'));
  if (paid === null) return 'no-money-moved';
  const unitId = unitIn(context, object['metadata']) ?? textOf(object['client_reference_id']);
  return unitId === null ? 'no-unit-named' : [naming(context, paid, { unitId })];
}

/** An invoice knows who paid by its metadata or that of its subscription, or by the subscription. */
function ofInvoice(context: Context): Reading {
  const { object } = context;
  const invoice = entryOf(idAt(object, 'id'));
  if (invoice === null || object['amount_paid'] === 0) return 'no-money-moved';
  // The second is what versions before 2025-03-31 have.
  const details = [at(object, 'parent', 'subscription_details'), object['subscription_details']];
  const unitId =
    unitIn(context, object['metadata']) ??
    unitIn(context, at(details[0], 'metadata')) ??
    unitIn(context, at(details[1], 'metadata'));
  const subscription = idAt(details[0], 'subscription') ?? idAt(object, 'subscription');
  if (unitId === null && subscription === null) return 'no-unit-named';
  const payments = [
    idAt(object, 'payment_intent'),
    ...listAt(object, 'payments').map((one) => idAt(one, 'payment', 'payment_intent')),
  ];
  return [
    naming(context, invoice, { unitId, waitsFor: entryOf(subscription) }),
    ...[...new Set(payments)].flatMap((payment) => {
      const paid = entryOf(payment);
      return paid === null ? [] : [naming(context, paid, { unitId, waitsFor: invoice })];
    }),
  ];
}

/** Ties a payment to its invoice, which is the one that knows who paid. */
function ofInvoicePayment(context: Context): Reading {
  const { object } = context;
  const paid = entryOf(idAt(object, 'payment', 'payment_intent'));
  const invoice = entryOf(idAt(object, 'invoice'));
  if (paid === null || invoice === null) return 'no-unit-named';
  return [naming(context, paid, { waitsFor: invoice })];
}

interface Movement {
  name: string;
  sign: 1 | -1;
  amount: unknown;
  occurredAt: string | null;
  suffix?: string;
  refersTo?: string | null;
  waitsFor?: string | null;
}

function money(context: Context, object: StripeObject, movement: Movement): StripeEntry {
  const { name, sign, suffix = '', occurredAt, refersTo = null, waitsFor = null } = movement;
  const currency = textOf(object['currency'])?.toUpperCase() ?? null;
  const amount = stripeAmountMinor(movement.amount, currency ?? '');
  const id = idAt(object, 'id') ?? context.eventId;
  return {
    event: {
      id: `${STRIPE_ID_PREFIX}${id}${suffix}`,
      type: 'money',
      occurredAt,
      name,
      // Zero has no sign.
      amountMinor: amount === null || amount === 0 ? amount : sign * amount,
      currency,
      ...(refersTo === null ? {} : { refersTo }),
    },
    unitId: unitIn(context, object['metadata']),
    waitsFor,
  };
}

/** What corrects a charge refers to it and is of the same unit. */
function aboutCharge(object: StripeObject): Pick<Movement, 'refersTo' | 'waitsFor'> {
  const charge = entryOf(idAt(object, 'charge'));
  return { refersTo: charge, waitsFor: charge ?? entryOf(idAt(object, 'payment_intent')) };
}

function naming(
  { happenedAt }: Context,
  id: string,
  { unitId = null, waitsFor = null }: Partial<Pick<StripeEntry, 'unitId' | 'waitsFor'>>,
): StripeEntry {
  const kind = NAMED.find(([prefix]) => id.startsWith(`${STRIPE_ID_PREFIX}${prefix}`));
  const name = kind === undefined ? 'stripe_payment' : kind[1];
  return { event: { id, type: 'event', occurredAt: happenedAt, name }, unitId, waitsFor };
}

const NAMED = [
  ['in_', 'stripe_invoice'],
  ['sub_', 'stripe_subscription'],
] as const;

/** The id in the log of what Stripe knows by an id of its own. */
function entryOf(id: string | null): string | null {
  return id === null ? null : `${STRIPE_ID_PREFIX}${id}`;
}

function unitIn({ rules }: Context, metadata: unknown): string | null {
  if (!isStripeObject(metadata) || !Object.hasOwn(metadata, rules.unitMetadata)) return null;
  return textOf(metadata[rules.unitMetadata]);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
