import { anotherProject } from '../support/another-project.js';
import { anEvent, verdictsOf } from '../support/event-senders.js';
import {
  deliver,
  sign,
  signingSecret,
  type StripeAnswer,
  stripeEvent,
  type StripeFixture,
} from '../support/stripe-events.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEXT = signingSecret('second');
const PATH = '/v1/project/stripe';

describe('webhooks of Stripe', () => {
  let app: TestApp;
  /** Each test has a project of its own. */
  let project: { id: string; secret: string };
  let first: string;
  let projects = 0;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    projects += 1;
    project = await anotherProject(app, `project-${projects}`);
    first = signingSecret(`first${projects}x`);
    await connect([first]);
  });

  const connect = (signingSecrets: string[], key = project.secret) =>
    app.ok('put', PATH, { signingSecrets, unit: 'user' }, key);
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  let sales = 0;
  const sale = (object: object = {}, more: Partial<StripeFixture> = {}): StripeFixture => {
    sales += 1;
    return stripeEvent(
      'charge-succeeded',
      {
        id: `ch_${sales}`,
        payment_intent: `pi_${sales}`,
        created: nowSeconds(),
        metadata: { user_id: 'u-1' },
        ...object,
      },
      more,
    );
  };
  const verdict = async (
    ...sent: Parameters<typeof deliver> extends [TestApp, ...infer R] ? R : never
  ) => {
    const { status, body } = await deliver(app, ...sent);
    const { results, ignored, code } = body as StripeAnswer & { code?: string };
    const said = results?.map((one) => one.code ?? one.status) ?? [];
    return [
      status,
      ...said,
      ...(ignored === undefined ? [] : [ignored]),
      ...(code === undefined ? [] : [code]),
    ];
  };
  const letters = async () =>
    (await app.ok('get', '/v1/dead-letters', undefined, project.secret)).body.data as {
      eventId: string;
      code: string;
      detail: string;
      item: Record<string, unknown>;
    }[];
  const ledger = async () =>
    await app.sql<{ id: string; unit: string }>(
      `SELECT event.id, event.unit_kind || ' ' || event.unit_id AS unit, event.name,
         event.amount_minor::int AS amount, event.currency
       FROM event JOIN event_space ON event_space.number = event.project
       WHERE event_space.project_id = $1 AND event.type = 'money' ORDER BY event.id`,
      [project.id],
    );

  describe('the signature', () => {
    it('opens the ledger of the project whose secret made it', async () => {
      const other = await anotherProject(app, 'other');
      const theirs = signingSecret('theirs');
      await connect([theirs], other.secret);
      const event = sale();
      expect(await verdict(event, first)).toEqual([200, 'accepted']);
      expect(await ledger()).toHaveLength(1);
      expect(await verdict(event, theirs)).toEqual([200, 'accepted']);
      expect(await ledger()).toHaveLength(1);
      project = other;
      expect(await ledger()).toHaveLength(1);
    });

    it.each<[string, Parameters<typeof deliver>[3], unknown[]]>([
      [
        'a body that was changed',
        { tamper: (body) => body.replace('4900', '9900') },
        [401, 'invalid-signature'],
      ],
      [
        'a body that was only spaced otherwise',
        { tamper: (body) => `${body} ` },
        [401, 'invalid-signature'],
      ],
      [
        'an old one',
        { timestamp: Math.floor(Date.now() / 1000) - 400 },
        [401, 'invalid-signature'],
      ],
      [
        'one of the future',
        { timestamp: Math.floor(Date.now() / 1000) + 400 },
        [401, 'invalid-signature'],
      ],
      [
        'a short digest',
        { header: `t=${Math.floor(Date.now() / 1000)},v1=abcd` },
        [401, 'invalid-signature'],
      ],
      ['no digest', { header: 't=1' }, [401, 'invalid-signature']],
      ['no header', { header: null }, [400, 'signature-missing']],
      ['what is no JSON', { tamper: (body) => body.slice(1) }, [400, 'malformed-json']],
    ])('refuses %s', async (_, changes, expected) => {
      expect(await verdict(sale(), first, changes)).toEqual(expected);
      expect(await ledger()).toEqual([]);
    });

    it('refuses a secret that nobody is connected with', async () => {
      expect(await verdict(sale(), NEXT)).toEqual([401, 'invalid-signature']);
    });

    it('is taken from the old and the new secret while they are exchanged', async () => {
      await connect([first, NEXT]);
      expect(await verdict(sale(), first)).toEqual([200, 'accepted']);
      expect(await verdict(sale(), NEXT)).toEqual([200, 'accepted']);
      const event = sale();
      const payload = JSON.stringify(event);
      const [time, gone] = sign(payload, signingSecret('gone')).split(',');
      const [, second] = sign(payload, NEXT).split(',');
      expect(await verdict(payload, NEXT, { header: `${time},${gone},${second}` })).toEqual([
        200,
        'accepted',
      ]);
      await connect([NEXT]);
      expect(await verdict(sale(), first)).toEqual([401, 'invalid-signature']);
      expect(await verdict(sale(), NEXT)).toEqual([200, 'accepted']);
    });

    it('goes by real time, wherever the clock of the product stands', async () => {
      await app.moveClock('2027-01-01T00:00:00Z');
      try {
        expect(await verdict(sale(), first)).toEqual([200, 'accepted']);
      } finally {
        await app.moveClock(new Date().toISOString());
      }
    });

    it('opens nothing once Stripe is disconnected', async () => {
      await app.ok('delete', PATH, undefined, project.secret);
      expect(await verdict(sale(), first)).toEqual([401, 'invalid-signature']);
    });
  });

  describe('what an event brings', () => {
    it('is committed before it is answered, and once', async () => {
      const event = sale({ amount_captured: 500, currency: 'jpy' });
      expect(await verdict(event, first)).toEqual([200, 'accepted']);
      expect(await verdict({ ...event, id: 'evt_again' }, first)).toEqual([200, 'duplicate']);
      const stored = { unit: 'user u-1', name: 'revenue', amount: 500, currency: 'JPY' };
      expect(await ledger()).toEqual([{ id: `stripe:ch_${sales}`, ...stored }]);
    });

    it('is a visible conflict where the same charge says something else', async () => {
      await verdict(sale(), first);
      sales -= 1;
      const other = await deliver(app, sale({ amount_captured: 1 }), first);
      expect(other.body.results).toEqual([
        {
          id: `stripe:ch_${sales}`,
          status: 'rejected',
          code: 'event-id-conflict',
          detail: expect.any(String),
        },
      ]);
      expect((await letters()).map(({ code }) => code)).toEqual(['event-id-conflict']);
    });

    it('is a readable dead letter where nothing names the unit', async () => {
      const event = sale({ metadata: {}, payment_intent: null });
      expect(await verdict(event, first)).toEqual([200, 'missing-unit']);
      expect(await verdict(event, first)).toEqual([200, 'missing-unit']);
      expect(await letters()).toMatchObject([
        {
          eventId: `stripe:ch_${sales}`,
          code: 'missing-unit',
          times: 2,
          item: { name: 'revenue', amountMinor: 4900, currency: 'USD', unit: { kind: 'user' } },
        },
      ]);
      expect(await ledger()).toEqual([]);
    });

    it('E36, B58: is a dead letter without the address where the unit is one', async () => {
      const event = sale({ metadata: { user_id: 'somebody@example.org' } });
      expect(await verdict(event, first)).toEqual([200, 'unit-id-looks-personal']);
      expect(JSON.stringify(await letters())).not.toContain('somebody');
    });

    it.each([
      ['half a króna', { amount_captured: 550, currency: 'isk' }, 'invalid-amount'],
      ['no currency', { currency: 'xxx' }, 'unknown-currency'],
      ['no time', { created: null }, 'invalid-timestamp'],
      ['a time long past', { created: 1_000_000_000 }, 'event-too-old'],
    ])('is a dead letter with %s', async (_, object, code) => {
      expect(await verdict(sale(object), first)).toEqual([200, code]);
      expect((await letters()).map((letter) => letter.code)).toEqual([code]);
    });

    it('is nothing for events that move no money, and the answer says why', async () => {
      const { body } = await deliver(app, sale({}, { type: 'customer.created' }), first);
      expect(body).toEqual({
        results: [],
        ignored: 'event-not-used',
        why: expect.stringContaining('no money'),
      });
      expect(await verdict(sale({ captured: false }), first)).toEqual([200, 'not-captured']);
      expect(await ledger()).toEqual([]);
    });

    it('is of the unit that the connection names', async () => {
      await app.ok('put', PATH, { unit: 'account', unitMetadata: 'tenant' }, project.secret);
      await verdict(sale({ metadata: { user_id: 'u-1', tenant: 't-1' } }), first);
      expect(await ledger()).toMatchObject([{ unit: 'account t-1' }]);
    });

    it('cannot be taken beforehand with a key out of a page', async () => {
      const key = await app.ok(
        'post',
        '/v1/keys',
        { kind: 'public', name: 'page' },
        project.secret,
      );
      const events = [anEvent({ id: 'stripe:pi_1' })];
      expect(await verdictsOf(app, { events }, key.body.secret as string)).toEqual([
        'invalid-event-id',
      ]);
    });

    it('follows a refund to its charge, whichever comes first', async () => {
      const event = sale();
      const refund = stripeEvent('refund-created', {
        charge: `ch_${sales}`,
        created: nowSeconds(),
      });
      expect(await verdict(refund, first)).toEqual([200, 'missing-unit']);
      expect((await letters())[0]?.detail).toContain(`stripe:ch_${sales}`);
      const { body } = await deliver(app, event, first);
      expect(body.results).toEqual([
        { id: `stripe:ch_${sales}`, status: 'accepted' },
        { id: 'stripe:re_1', status: 'accepted' },
      ]);
      expect(await letters()).toEqual([]);
      expect(await ledger()).toMatchObject([{ unit: 'user u-1' }, { unit: 'user u-1' }]);
    });

    it('is told with the charge by versions that show refunds so, and not twice', async () => {
      const refund = { created: nowSeconds(), balance_transaction: 'txn_1', currency: 'usd' };
      const told = stripeEvent('refunded-charge-2022-08-01', {
        refunds: { data: [{ ...refund, id: 're_old', amount: 900, charge: 'ch_1' }] },
      });
      expect(await verdict(told, first)).toEqual([200, 'accepted']);
      expect(await verdict(told, first)).toEqual([200, 'duplicate']);
      const entry = { id: 'stripe:re_old', unit: 'user v-1', name: 'refund', amount: -900 };
      expect(await ledger()).toMatchObject([entry]);
    });

    it('is not lost when charge and refund come at the same moment', async () => {
      const pairs = Array.from({ length: 12 }, (_, n) => {
        const event = sale();
        const refund = stripeEvent('refund-created', {
          id: `re_at_once_${n}`,
          charge: `ch_${sales}`,
          created: nowSeconds(),
        });
        return [refund, event];
      });
      const answers = await Promise.all(pairs.flat().map((event) => deliver(app, event, first)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(await letters()).toEqual([]);
      expect(await ledger()).toHaveLength(24);
    });

    it('leaves out who was erased, and what comes later of them', async () => {
      const event = sale();
      await verdict(event, first);
      await app.ok(
        'post',
        '/v1/units/erasure',
        { unit: { kind: 'user', id: 'u-1' } },
        project.secret,
      );
      const refund = stripeEvent('refund-created', {
        charge: `ch_${sales}`,
        created: nowSeconds(),
      });
      expect(await verdict(refund, first)).toEqual([200, 'missing-unit']);
      expect(await verdict(sale(), first)).toEqual([200, 'unit-erased']);
      expect(await ledger()).toEqual([]);
    });
  });

  it('take no money of test mode outside a sandbox', async () => {
    const real = await startTestApp({ sandbox: false });
    try {
      await real.ok('put', PATH, { signingSecrets: [NEXT], unit: 'user' });
      const test = await deliver(real, sale({}, { livemode: false }), NEXT);
      expect([test.status, test.body.ignored]).toEqual([200, 'test-mode']);
      const live = await deliver(real, sale(), NEXT);
      expect(live.body.results).toMatchObject([{ status: 'accepted' }]);
    } finally {
      await real.close();
    }
    expect(await verdict(sale({}, { livemode: false }), first)).toEqual([200, 'accepted']);
  });
});
