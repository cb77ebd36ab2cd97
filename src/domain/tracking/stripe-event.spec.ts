import { readStripeEvent, type StripeEntry } from './stripe-event.js';

const NEW = '2026-10-28.endive';
const OLD = '2024-06-20';
/** 2026-03-02T10:00:00Z, and an hour later. */
const MADE = 1_772_445_600;
const NOTICED = MADE + 3_600;

const CHARGE = {
  id: 'ch_1',
  amount: 4900,
  amount_captured: 4900,
  captured: true,
  created: MADE,
  currency: 'eur',
  metadata: { user_id: 'u-1' },
  payment_intent: 'pi_1',
};
const REFUND = {
  id: 're_1',
  amount: 900,
  balance_transaction: 'txn_1',
  charge: 'ch_1',
  created: MADE,
  currency: 'eur',
  metadata: {},
  payment_intent: 'pi_1',
  status: 'succeeded',
};
const DISPUTE = {
  id: 'du_1',
  amount: 4900,
  balance_transactions: [{ amount: -4900, currency: 'eur' }],
  charge: 'ch_1',
  created: MADE,
  currency: 'eur',
  metadata: {},
};
const eventOf = (type: string, object: unknown, changes: object = {}) => ({
  id: 'evt_1',
  type,
  created: NOTICED,
  livemode: true,
  api_version: NEW,
  data: { object },
  ...changes,
});

const read = (event: unknown, takesTestMode = false) =>
  readStripeEvent(event, { unitMetadata: 'user_id', takesTestMode });

/** `id name amount currency refersTo unit waitsFor`, a dash for what is not there. */
const brief = ({ event, unitId, waitsFor }: StripeEntry): string => {
  const money =
    event.type === 'money'
      ? [event.amountMinor, event.currency, event.refersTo ?? '-']
      : ['-', '-', '-'];
  return [event.id, event.name, ...money, unitId ?? '-', waitsFor ?? '-'].join(' ');
};
const meaning = (event: unknown): string | string[] => {
  const found = read(event);
  return typeof found === 'string' ? found : found.map(brief);
};

describe('what an event of Stripe means', () => {
  type Case = [why: string, type: string, object: object, expected: string | string[]];

  describe('a charge', () => {
    it.each<Case>([
      [
        'is revenue',
        'charge.succeeded',
        CHARGE,
        ['stripe:ch_1 revenue 4900 EUR - u-1 stripe:pi_1'],
      ],
      [
        'counts what was captured of it',
        'charge.captured',
        { ...CHARGE, amount_captured: 4000 },
        ['stripe:ch_1 revenue 4000 EUR - u-1 stripe:pi_1'],
      ],
      [
        'is nothing while it is only authorised',
        'charge.succeeded',
        { ...CHARGE, captured: false, amount_captured: 0 },
        'not-captured',
      ],
      [
        'has its whole amount where that is all it says',
        'charge.succeeded',
        { ...CHARGE, amount_captured: undefined },
        ['stripe:ch_1 revenue 4900 EUR - u-1 stripe:pi_1'],
      ],
      [
        'takes its unit from its payment otherwise',
        'charge.succeeded',
        { ...CHARGE, metadata: { user_id: '', userId: 'no' } },
        ['stripe:ch_1 revenue 4900 EUR - - stripe:pi_1'],
      ],
      [
        'may name its payment whole',
        'charge.succeeded',
        { ...CHARGE, metadata: null, payment_intent: { id: 'pi_9' } },
        ['stripe:ch_1 revenue 4900 EUR - - stripe:pi_9'],
      ],
      [
        'of old versions may have an invoice alone',
        'charge.succeeded',
        { ...CHARGE, metadata: {}, payment_intent: null, invoice: 'in_1' },
        ['stripe:ch_1 revenue 4900 EUR - - stripe:in_1'],
      ],
      [
        'that says nothing else waits for nothing',
        'charge.succeeded',
        { ...CHARGE, metadata: {}, payment_intent: null },
        ['stripe:ch_1 revenue 4900 EUR - - -'],
      ],
      [
        'in yen',
        'charge.succeeded',
        { ...CHARGE, amount_captured: 500, currency: 'jpy' },
        ['stripe:ch_1 revenue 500 JPY - u-1 stripe:pi_1'],
      ],
      [
        'in krónur',
        'charge.succeeded',
        { ...CHARGE, amount_captured: 500, currency: 'isk' },
        ['stripe:ch_1 revenue 5 ISK - u-1 stripe:pi_1'],
      ],
      [
        'without amount, currency or id is for the log to refuse',
        'charge.succeeded',
        { captured: true, metadata: { user_id: 'u-1' } },
        ['stripe:evt_1 revenue   - u-1 -'],
      ],
      ['that failed moved nothing', 'charge.failed', CHARGE, 'event-not-used'],
    ])('%s', (_, type, object, expected) => {
      expect(meaning(eventOf(type, object))).toEqual(expected);
    });

    it('of old versions counts whole: what was not captured came back as a refund', () => {
      const captured = { ...CHARGE, amount_captured: 4000 };
      const old = eventOf('charge.captured', captured, { api_version: OLD });
      expect(meaning(old)).toEqual(['stripe:ch_1 revenue 4900 EUR - u-1 stripe:pi_1']);
      const unsaid = eventOf('charge.captured', captured, { api_version: null });
      expect(meaning(unsaid)).toEqual(['stripe:ch_1 revenue 4000 EUR - u-1 stripe:pi_1']);
    });
  });

  describe('a refund', () => {
    const entry = 'stripe:re_1 refund -900 EUR stripe:ch_1 - stripe:ch_1';
    const returned = 'stripe:re_1:returned refund_reversal 900 EUR stripe:ch_1 - stripe:ch_1';

    it.each<Case>([
      ['counts when it leaves the balance', 'refund.created', REFUND, [entry]],
      [
        'counts then, though still under way',
        'refund.created',
        { ...REFUND, status: 'pending' },
        [entry],
      ],
      ['is the same, told again', 'refund.updated', REFUND, [entry]],
      ['is the same, told in the old way', 'charge.refund.updated', REFUND, [entry]],
      [
        'waits for its money',
        'refund.created',
        { ...REFUND, status: 'pending', balance_transaction: null },
        'no-money-moved',
      ],
      [
        'that only releases an authorisation is none',
        'refund.created',
        { ...REFUND, balance_transaction: null },
        'no-money-moved',
      ],
      [
        'without a word about the balance counts when it succeeded',
        'refund.updated',
        { ...REFUND, balance_transaction: undefined },
        [entry],
      ],
      [
        'and not before',
        'refund.created',
        { ...REFUND, balance_transaction: undefined, status: 'pending' },
        'no-money-moved',
      ],
      [
        'that failed comes back',
        'refund.failed',
        { ...REFUND, status: 'failed' },
        [entry, returned],
      ],
      [
        'cancelled comes back',
        'refund.updated',
        { ...REFUND, status: 'canceled' },
        [entry, returned],
      ],
      [
        'came back where the balance says so',
        'refund.updated',
        { ...REFUND, failure_balance_transaction: 'txn_2' },
        [entry, returned],
      ],
      [
        'that failed before it left is nothing',
        'refund.failed',
        { ...REFUND, status: 'failed', balance_transaction: null },
        'no-money-moved',
      ],
      [
        'may name its unit itself',
        'refund.created',
        { ...REFUND, metadata: { user_id: 'u-9' } },
        ['stripe:re_1 refund -900 EUR stripe:ch_1 u-9 stripe:ch_1'],
      ],
      [
        'without a charge is of its payment',
        'refund.created',
        { ...REFUND, charge: null },
        ['stripe:re_1 refund -900 EUR - - stripe:pi_1'],
      ],
      ['is not told by its charge', 'charge.refunded', CHARGE, 'refunds-come-alone'],
      [
        'is told by its charge in old versions, and of its unit',
        'charge.refunded',
        {
          ...CHARGE,
          refunds: { data: [REFUND, { ...REFUND, id: 're_2', metadata: { user_id: 'x' } }] },
        },
        [
          'stripe:re_1 refund -900 EUR stripe:ch_1 u-1 stripe:ch_1',
          'stripe:re_2 refund -900 EUR stripe:ch_1 x stripe:ch_1',
        ],
      ],
      [
        'of an authorisation in old versions is none',
        'charge.refunded',
        { ...CHARGE, refunds: [{ ...REFUND, balance_transaction: null }] },
        'no-money-moved',
      ],
    ])('%s', (_, type, object, expected) => {
      expect(meaning(eventOf(type, object))).toEqual(expected);
    });
  });

  describe('a dispute', () => {
    it.each<Case>([
      [
        'takes the money',
        'charge.dispute.funds_withdrawn',
        DISPUTE,
        ['stripe:du_1 chargeback -4900 EUR stripe:ch_1 - stripe:ch_1'],
      ],
      [
        'gives back what the balance got',
        'charge.dispute.funds_reinstated',
        {
          ...DISPUTE,
          balance_transactions: [
            { amount: -4900, currency: 'eur' },
            { amount: 4000, currency: 'eur' },
          ],
        },
        ['stripe:du_1:reinstated chargeback_reversal 4000 EUR stripe:ch_1 - stripe:ch_1'],
      ],
      [
        'moves its own amount where the balance is in another currency',
        'charge.dispute.funds_withdrawn',
        { ...DISPUTE, balance_transactions: [{ amount: -5300, currency: 'usd' }] },
        ['stripe:du_1 chargeback -4900 EUR stripe:ch_1 - stripe:ch_1'],
      ],
      ['that is only opened moves nothing', 'charge.dispute.created', DISPUTE, 'event-not-used'],
      ['that is closed moves nothing', 'charge.dispute.closed', DISPUTE, 'event-not-used'],
    ])('%s', (_, type, object, expected) => {
      expect(meaning(eventOf(type, object))).toEqual(expected);
    });
  });

  describe('when', () => {
    const made = '2026-03-02T10:00:00.000Z';
    const noticed = '2026-03-02T11:00:00.000Z';
    it.each([
      ['charge.succeeded', CHARGE, [made]],
      ['refund.failed', { ...REFUND, status: 'failed' }, [made, noticed]],
      ['charge.dispute.funds_withdrawn', DISPUTE, [noticed]],
      ['charge.dispute.funds_reinstated', DISPUTE, [noticed]],
      ['charge.succeeded', { ...CHARGE, created: 'then' }, [null]],
      ['charge.succeeded', { ...CHARGE, created: 1e15 }, [null]],
    ])('%s', (type, object, expected) => {
      const found = read(eventOf(type, object));
      expect(typeof found !== 'string' && found.map(({ event }) => event.occurredAt)).toEqual(
        expected,
      );
    });
  });

  it('takes money of test mode in sandboxes alone', () => {
    const event = eventOf('charge.succeeded', CHARGE, { livemode: false });
    expect(read(event)).toBe('test-mode');
    expect(read(event, true)).toHaveLength(1);
    expect(read(eventOf('charge.succeeded', CHARGE), true)).toHaveLength(1);
  });

  it.each([[null], [[]], ['text'], [{ type: 'charge.succeeded' }], [{ object: 'v2.core.event' }]])(
    'reads %j as no event',
    (event) => {
      expect(read(event)).toBe('not-an-event');
    },
  );

  it.each(['constructor', 'customer.created', 'payment_intent.succeeded'])(
    'does not use %s',
    (type) => {
      expect(read(eventOf(type, CHARGE))).toBe('event-not-used');
    },
  );

  it('reads no unit out of what every object has', () => {
    const charge = eventOf('charge.succeeded', { ...CHARGE, metadata: {} });
    const found = readStripeEvent(charge, { unitMetadata: 'constructor', takesTestMode: false });
    expect(typeof found !== 'string' && found[0]?.unitId).toBeNull();
  });
});
