import { anotherProject } from '../support/another-project.js';
import { PostgresProxy } from '../support/postgres-proxy.js';
import { deliver, signingSecret, stripeEvent } from '../support/stripe-events.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PATH = '/v1/project/stripe';
const SECRET = signingSecret('CanaryOne');
const NEXT = signingSecret('CanaryTwo');

describe('the connection with Stripe', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());
  afterEach(() => app.send('delete', PATH));

  const codesOf = (body: unknown) =>
    ((body as { errors?: { pointer: string; code: string }[] }).errors ?? []).map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
  let charges = 0;
  const charge = () =>
    stripeEvent('charge-succeeded', {
      id: `ch_${(charges += 1)}`,
      created: Math.floor(Date.now() / 1000),
      metadata: { user_id: 'u-1' },
    });

  const audited = async () =>
    (
      await app.sql<{ action: string }>(
        `SELECT action FROM audit_entry WHERE action LIKE 'stripe.%' ORDER BY seq`,
      )
    ).map(({ action }) => action);

  it('is made, shown without its secrets, changed and ended', async () => {
    expect((await app.send('get', PATH)).body).toMatchObject({ status: 404, code: 'not-found' });
    const made = await app.ok('put', PATH, { signingSecrets: [SECRET], unit: 'user' });
    expect(made.body).toEqual({
      unit: 'user',
      unitMetadata: 'user_id',
      secretEndings: [SECRET.slice(-4)],
      changedAt: expect.any(String),
    });
    const shown = await app.ok('get', PATH);
    expect(shown.body).toEqual(made.body);
    const changed = await app.ok('put', PATH, { ...shown.body, unit: 'account' });
    expect(changed.body).toMatchObject({ unit: 'account', secretEndings: [SECRET.slice(-4)] });
    const two = await app.ok('put', PATH, {
      signingSecrets: [SECRET, NEXT],
      unit: 'account',
      unitMetadata: 'tenant id',
    });
    expect(two.body).toMatchObject({
      unitMetadata: 'tenant id',
      secretEndings: [SECRET.slice(-4), NEXT.slice(-4)],
    });
    await app.ok('delete', PATH);
    expect((await app.send('delete', PATH)).status).toBe(404);
    expect((await app.send('get', PATH)).status).toBe(404);
  });

  it.each([
    ['no secret the first time', { unit: 'user' }, ['/signingSecrets required']],
    ['no list', { unit: 'user', signingSecrets: SECRET }, ['/signingSecrets is-array']],
    ['an empty list', { unit: 'user', signingSecrets: [] }, ['/signingSecrets array-min-size']],
    [
      'three secrets',
      { unit: 'user', signingSecrets: [SECRET, NEXT, signingSecret('third')] },
      ['/signingSecrets array-max-size'],
    ],
    [
      'a key in place of a secret',
      { unit: 'user', signingSecrets: ['sk_live_0123456789abcdef'] },
      ['/signingSecrets invalid-format'],
    ],
    ['no unit', { signingSecrets: [SECRET] }, ['/unit not-in-set']],
    [
      'a name that metadata cannot have',
      { unit: 'user', signingSecrets: [SECRET], unitMetadata: 'user[id]' },
      ['/unitMetadata invalid-format'],
    ],
    [
      'what only we set',
      { unit: 'user', signingSecrets: [SECRET], secretEndings: ['abcd'] },
      ['/secretEndings read-only'],
    ],
  ])('is refused with %s', async (_, body, expected) => {
    const refused = await app.send('put', PATH, body);
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
    expect(codesOf(refused.body)).toEqual(expect.arrayContaining(expected));
    expect(JSON.stringify(refused.body)).not.toContain(SECRET.slice(6, 20));
    expect((await app.send('get', PATH)).status).toBe(404);
  });

  it('gives one secret to one project', async () => {
    const { secret } = await anotherProject(app, 'other');
    await app.ok('put', PATH, { signingSecrets: [SECRET], unit: 'user' });
    const taken = await app.send('put', PATH, { signingSecrets: [SECRET], unit: 'user' }, secret);
    expect([taken.status, taken.body.code]).toEqual([409, 'signing-secret-taken']);
    expect((await app.send('get', PATH, undefined, secret)).status).toBe(404);
    const both = await Promise.all(
      [undefined, secret].map((key) =>
        app.send('put', PATH, { signingSecrets: [NEXT], unit: 'user' }, key),
      ),
    );
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('is known on another replica within two seconds', async () => {
    const replica = await startTestApp({}, app.databaseUrl);
    try {
      expect((await deliver(replica, charge(), SECRET)).status).toBe(401);
      await app.ok('put', PATH, { signingSecrets: [SECRET], unit: 'user' });
      const until = performance.now() + 15_000;
      let status = 401;
      while (status === 401 && performance.now() < until) {
        ({ status } = await deliver(replica, charge(), SECRET));
      }
      expect(status).toBe(200);
    } finally {
      await replica.close();
    }
  });

  it('is audited, and its secrets stand nowhere in the clear', async () => {
    const before = await audited();
    await app.ok('put', PATH, { signingSecrets: [SECRET, NEXT], unit: 'user' });
    await deliver(app, charge(), SECRET);
    await app.ok('put', PATH, { unit: 'visitor' });
    await app.ok('delete', PATH);
    await app.ok('put', PATH, { signingSecrets: [NEXT], unit: 'user' });
    expect(await audited()).toEqual([
      ...before,
      'stripe.connect',
      'stripe.connect',
      'stripe.disconnect',
      'stripe.connect',
    ]);
    expect((await app.ok('get', '/v1/audit/verification')).body.intact).toBe(true);

    const found: string[] = [];
    const looked: string[] = [];
    const tables = await app.sql<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const rows = await app.sql<{ text: string }>(
        `SELECT coalesce(string_agg(whole::text, ' '), '') AS text FROM ${name} AS whole`,
      );
      const text = rows[0]?.text ?? '';
      if (text.includes('user_id')) looked.push(name);
      const forms = ['CanaryOne', 'CanaryTwo'].flatMap((word) => [
        word,
        Buffer.from(word).toString('hex'),
        Buffer.from(word).toString('base64').slice(0, 12),
      ]);
      if (forms.some((form) => text.includes(form))) found.push(name);
    }
    // The search sees what is stored in the clear beside the secrets.
    expect(looked).toContain('stripe_connection');
    expect(found).toEqual([]);
  });

  it('P19: a webhook is answered 503 while the database is away, and taken when it is back', async () => {
    await app.ok('put', PATH, { signingSecrets: [SECRET], unit: 'user' });
    const proxy = await PostgresProxy.start(app.databaseUrl);
    const replica = await startTestApp({}, proxy.url);
    try {
      const nowhere = new URL(app.databaseUrl);
      nowhere.port = '1';
      const held = proxy.hold('asked', ({ text }) => text.includes('INSERT INTO event_id'));
      const event = charge();
      const sent = deliver(replica, event, SECRET);
      const statement = await held;
      proxy.forwardTo(nowhere.toString());
      statement.cut();
      const away = await sent;
      expect([away.status, away.body.code]).toEqual([503, 'unavailable']);
      expect(away.headers['retry-after']).toMatch(/^\d+$/);
      proxy.forwardTo(app.databaseUrl);
      const back = await deliver(replica, event, SECRET);
      expect([back.status, back.body.results]).toEqual([
        200,
        [{ id: `stripe:ch_${charges}`, status: 'accepted' }],
      ]);
    } finally {
      await replica.close();
      await proxy.close();
    }
  });
});
