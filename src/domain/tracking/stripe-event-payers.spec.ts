import { readStripeEvent } from './stripe-event.js';

const SESSION = {
  id: 'cs_1',
  client_reference_id: 'u-2',
  metadata: {},
  payment_intent: 'pi_1',
  subscription: null,
};
const INVOICE = {
  id: 'in_1',
  amount_paid: 4900,
  metadata: {},
  parent: { subscription_details: { metadata: { user_id: 'u-3' }, subscription: 'sub_1' } },
};

/** `id name unit waitsFor`, a dash for what is not there. */
const naming = (type: string, object: object): string | string[] => {
  const found = readStripeEvent(
    { id: 'evt_1', type, created: 1_772_445_600, livemode: true, data: { object } },
    { unitMetadata: 'user_id', takesTestMode: false },
  );
  if (typeof found === 'string') return found;
  return found.map(({ event, unitId, waitsFor }) =>
    [event.type === 'event' && event.id, event.name, unitId ?? '-', waitsFor ?? '-'].join(' '),
  );
};

describe('who paid', () => {
  type Case = [why: string, type: string, object: object, expected: string | string[]];
  it.each<Case>([
    [
      'is what a session refers to',
      'checkout.session.completed',
      SESSION,
      ['stripe:pi_1 stripe_payment u-2 -'],
    ],
    [
      'is what its metadata say before that',
      'checkout.session.async_payment_succeeded',
      { ...SESSION, metadata: { user_id: 'u-1' } },
      ['stripe:pi_1 stripe_payment u-1 -'],
    ],
    [
      'holds for the subscription that a session begins',
      'checkout.session.completed',
      { ...SESSION, payment_intent: null, subscription: 'sub_1' },
      ['stripe:sub_1 stripe_subscription u-2 -'],
    ],
    [
      'is not said by every session',
      'checkout.session.completed',
      { ...SESSION, client_reference_id: null },
      'no-unit-named',
    ],
    [
      'is of no use where nothing is paid',
      'checkout.session.completed',
      { ...SESSION, payment_intent: null },
      'no-money-moved',
    ],
    [
      'is what an invoice says of its subscription',
      'invoice.paid',
      INVOICE,
      ['stripe:in_1 stripe_invoice u-3 stripe:sub_1'],
    ],
    [
      'is what an invoice says itself before that',
      'invoice.paid',
      { ...INVOICE, metadata: { user_id: 'u-1' } },
      ['stripe:in_1 stripe_invoice u-1 stripe:sub_1'],
    ],
    [
      'is what the subscription is known for otherwise',
      'invoice.paid',
      { ...INVOICE, parent: { subscription_details: { metadata: {}, subscription: 'sub_1' } } },
      ['stripe:in_1 stripe_invoice - stripe:sub_1'],
    ],
    [
      'is said by old invoices of their payment too',
      'invoice.paid',
      {
        ...INVOICE,
        parent: undefined,
        subscription: 'sub_1',
        subscription_details: { metadata: { user_id: 'u-4' } },
        payment_intent: 'pi_1',
      },
      ['stripe:in_1 stripe_invoice u-4 stripe:sub_1', 'stripe:pi_1 stripe_payment u-4 stripe:in_1'],
    ],
    [
      'is said by an invoice that shows its payments',
      'invoice.paid',
      {
        ...INVOICE,
        payments: { data: [{ payment: { payment_intent: 'pi_1' } }, { payment: {} }] },
      },
      ['stripe:in_1 stripe_invoice u-3 stripe:sub_1', 'stripe:pi_1 stripe_payment u-3 stripe:in_1'],
    ],
    ['is not said by every invoice', 'invoice.paid', { ...INVOICE, parent: null }, 'no-unit-named'],
    ['is of no use of nothing', 'invoice.paid', { ...INVOICE, amount_paid: 0 }, 'no-money-moved'],
    [
      'follows from the invoice that a payment is for',
      'invoice_payment.paid',
      {
        id: 'inpay_1',
        invoice: 'in_1',
        payment: { type: 'payment_intent', payment_intent: 'pi_1' },
      },
      ['stripe:pi_1 stripe_payment - stripe:in_1'],
    ],
    [
      'does not follow from a payment outside Stripe',
      'invoice_payment.paid',
      { id: 'inpay_1', invoice: 'in_1', payment: { type: 'payment_record' } },
      'no-unit-named',
    ],
  ])('%s', (_, type, object, expected) => {
    expect(naming(type, object)).toEqual(expected);
  });
});
