import { randomUUID } from 'node:crypto';
import { anotherProject } from '../support/another-project.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Result {
  id?: string;
  status: string;
  code?: string;
}

const DAY_MS = 86_400_000;

describe('events', () => {
  let it_: TestApp;
  let experimentId: string;

  beforeAll(async () => {
    it_ = await startTestApp();
    experimentId = (await launchedExperiment(it_, { key: 'checkout' })).id;
    await launchedExperiment(it_, { key: 'accounts', unit: 'account' });
    await launchedExperiment(it_, { key: 'ended', status: 'stopped' });
    await launchedExperiment(it_, { key: 'draft', status: 'draft' });
    await launchedExperiment(it_, { key: 'gone', status: 'archived' });
  });
  afterAll(() => it_.close());

  const at = (offsetMs = 0) => new Date(Date.now() + offsetMs).toISOString();
  const unit = { kind: 'visitor', id: 'v-1' };
  const event = (changes: object = {}) => ({
    id: randomUUID(),
    type: 'event',
    unit,
    occurredAt: at(),
    name: 'signup',
    ...changes,
  });
  const exposure = (changes: object = {}) => ({
    id: randomUUID(),
    type: 'exposure',
    unit,
    occurredAt: at(),
    experiment: 'checkout',
    variant: 'treatment',
    ...changes,
  });
  const money = (changes: object = {}) => ({
    id: randomUUID(),
    type: 'money',
    unit,
    occurredAt: at(),
    name: 'revenue',
    amountMinor: 4900,
    currency: 'EUR',
    ...changes,
  });
  const record = async (events: readonly unknown[], key?: string): Promise<Result[]> => {
    const answer = await it_.ok('post', '/v1/events', { events }, key);
    expect(answer.status).toBe(200);
    return (answer.body as { results: Result[] }).results;
  };
  const verdicts = async (events: readonly unknown[], key?: string) =>
    (await record(events, key)).map(({ status, code }) => code ?? status);
  const stored = async (id: string) =>
    (
      await it_.sql('SELECT event.* FROM event WHERE coalesce(event.id, event.key::text) = $1', [
        id,
      ])
    )[0];

  it('stores each type with what belongs to it', async () => {
    const sale = money({ properties: { plan: 'pro' } });
    const back = money({ name: 'refund', amountMinor: -4900, refersTo: sale.id });
    const met = exposure({ attributes: { country: 'AT' } });
    const did = event({ value: 0.1 });
    const same = {
      id: randomUUID(),
      type: 'identify',
      occurredAt: at(),
      from: unit,
      to: { kind: 'user', id: 'u-1' },
    };
    expect(await verdicts([sale, back, met, did, same])).toEqual(Array(5).fill('accepted'));
    expect(await stored(sale.id)).toMatchObject({
      type: 'money',
      unit_kind: 'visitor',
      unit_id: 'v-1',
      name: 'revenue',
      amount_minor: '4900',
      currency: 'EUR',
      properties: { plan: 'pro' },
      source: 'server',
      experiment_id: null,
      occurred_at: new Date(sale.occurredAt),
    });
    expect(await stored(back.id)).toMatchObject({
      amount_minor: '-4900',
      refers_to: sale.id,
      id: null,
    });
    expect(await stored(met.id)).toMatchObject({
      experiment_id: experimentId,
      variant: 'treatment',
      properties: { country: 'AT' },
    });
    expect(await stored(did.id)).toMatchObject({ name: 'signup', value: 0.1, properties: null });
    expect(await stored(same.id)).toMatchObject({
      unit_id: 'v-1',
      properties: { to: { kind: 'user', id: 'u-1' } },
    });
  });

  it('E29: a bad item never fails the others, and results keep the order', async () => {
    const good = [event(), money(), exposure()];
    const results = await record([good[0], null, good[1], { id: 'x' }, good[2]]);
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      [good[0]?.id, 'accepted'],
      [undefined, 'rejected'],
      [good[1]?.id, 'accepted'],
      ['x', 'rejected'],
      [good[2]?.id, 'accepted'],
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['B51 id', () => event({ id: '' }), 'invalid-event-id'],
    ['B54 time', () => event({ occurredAt: 'yesterday' }), 'invalid-timestamp'],
    ['B56 future', () => event({ occurredAt: at(6 * 60_000) }), 'event-in-future'],
    ['B56 old', () => event({ occurredAt: at(-800 * DAY_MS) }), 'event-too-old'],
    ['B58 unit', () => event({ unit: { kind: 'user', id: 'undefined' } }), 'invalid-unit-id'],
    [
      'B58 personal unit',
      () => event({ unit: { kind: 'user', id: 'ada@example.org' } }),
      'unit-id-looks-personal',
    ],
    ['B53 experiment', () => exposure({ experiment: 'nope' }), 'unknown-experiment'],
    ['B53 draft', () => exposure({ experiment: 'draft' }), 'unknown-experiment'],
    ['B53 archived', () => exposure({ experiment: 'gone' }), 'unknown-experiment'],
    ['B53 variant', () => exposure({ variant: 'nope' }), 'unknown-variant'],
    ['other unit', () => exposure({ experiment: 'accounts' }), 'unit-kind-mismatch'],
    ['B60 amount', () => money({ amountMinor: 0.5 }), 'invalid-amount'],
    ['B61 sign', () => money({ name: 'refund' }), 'wrong-sign'],
    ['B63 currency', () => money({ currency: 'BTC' }), 'unknown-currency'],
    ['money name', () => money({ name: 'Sale' }), 'invalid-money-name'],
    ['unknown member', () => event({ foo: 1 }), 'invalid-event'],
  ])('rejects %s', async (_, item, code) => {
    const bad = item() as { id: string };
    expect(await record([bad])).toEqual([
      { id: bad.id, status: 'rejected', code, detail: expect.any(String) },
    ]);
    expect(await stored(bad.id)).toBeUndefined();
  });

  it('B56 stores exposures after the end: they are outside the cohort, not lost', async () => {
    expect(await verdicts([exposure({ experiment: 'ended' })])).toEqual(['accepted']);
  });

  it('exposures to several experiments in one batch, and to what no experiment can be called', async () => {
    const hostile = [
      'nope',
      'a\u0000b',
      '',
      ' ',
      "x' OR '1'='1",
      '\ud800',
      'é'.repeat(70),
      5,
      null,
    ];
    const batch = [
      exposure(),
      exposure({ experiment: 'ended' }),
      exposure({ experiment: 'accounts' }),
      ...hostile.map((experiment) => exposure({ experiment })),
      exposure(),
    ];
    const [first, ended, accounts, ...others] = await verdicts(batch);
    expect([first, ended, accounts]).toEqual(['accepted', 'accepted', 'unit-kind-mismatch']);
    expect(others.pop()).toBe('accepted');
    expect(others).toHaveLength(hostile.length);
    const refusals = ['unknown-experiment', 'invalid-event', 'invalid-string'];
    expect(others.filter((code) => !refusals.includes(code))).toEqual([]);
  });

  it('an event that cannot even be read fails alone, and is a dead letter', async () => {
    const unreadable = [
      ['{"id":"nul-\\u0000"}', 'invalid-string'],
      ['{"id":"half-\\ud800"}', 'invalid-string'],
      ['{"id":"a","id":"b"}', 'duplicate-json-key'],
      ['{"__proto__":{}}', 'forbidden-key'],
      ['{"value":1e999}', 'number-out-of-range'],
      ['{"id":}', 'malformed-json'],
      [`${'['.repeat(40)}${']'.repeat(40)}`, 'json-too-deep'],
    ] as const;
    const [first, last] = [event(), event()];
    const texts = [
      JSON.stringify(first),
      ...unreadable.map(([text]) => text),
      JSON.stringify(last),
    ];
    const body = `{"sentAt":"${at()}","events":[${texts.join(',')}]}`;
    const answer = await it_.upload('/v1/events', 'application/json', body);
    expect(answer.status).toBe(200);
    const { results } = answer.body as { results: Result[] };
    expect(results.map(({ id, code, status }) => code ?? `${status} ${id}`)).toEqual([
      `accepted ${first.id}`,
      ...unreadable.map(([, code]) => code),
      `accepted ${last.id}`,
    ]);
    for (const [, code] of unreadable) {
      const letters = await it_.ok('get', `/v1/dead-letters?code=${code}`);
      expect((letters.body as { data: object[] }).data[0]).toMatchObject({ code });
    }
  });

  it.each([
    ['is torn', (good: string) => `{"events":[${good},{"id":"a\\u0000"}`, 'malformed-json'],
    [
      'has text that is none',
      (good: string) => `{"events":[${good}],"sentAt":"\\u0000"}`,
      'invalid-string',
    ],
    [
      'says its list twice',
      (good: string) => `{"events":[${good}],"events":[]}`,
      'duplicate-json-key',
    ],
  ])('a batch that %s is refused whole', async (_, bodyOf, code) => {
    const good = event();
    const answer = await it_.upload('/v1/events', 'application/json', bodyOf(JSON.stringify(good)));
    expect(answer.body).toMatchObject({ code });
    expect(await stored(good.id)).toBeUndefined();
  });

  it('an exposure counts from the moment of the launch', async () => {
    expect(await verdicts([exposure({ experiment: 'late' })])).toEqual(['unknown-experiment']);
    await launchedExperiment(it_, { key: 'late' });
    expect(await verdicts([exposure({ experiment: 'late' })])).toEqual(['accepted']);
  });

  it('B49, P5: the same event is a duplicate: at once, in a batch, and moved in time', async () => {
    const first = event();
    expect(await verdicts([first, first])).toEqual(['accepted', 'duplicate']);
    const moved = [1_000, DAY_MS, 40 * DAY_MS].map((back) => ({ ...first, occurredAt: at(-back) }));
    expect(await verdicts([first, ...moved])).toEqual(Array(4).fill('duplicate'));
    expect((await stored(first.id))?.['occurred_at']).toEqual(new Date(first.occurredAt));
  });

  it('B49: the order of members is no content', async () => {
    const first = event({ properties: { a: 1, b: { c: 2, d: 3 } } });
    const turned = {
      ...Object.fromEntries(Object.entries(first).reverse()),
      properties: { b: { d: 3, c: 2 }, a: 1 },
    };
    expect(await verdicts([first])).toEqual(['accepted']);
    expect(await verdicts([turned])).toEqual(['duplicate']);
  });

  it('B50, P4: another event under a known id is refused and the first one stays', async () => {
    const first = money();
    const other = { ...first, amountMinor: 1 };
    expect(await verdicts([first, other, first])).toEqual([
      'accepted',
      'event-id-conflict',
      'duplicate',
    ]);
    expect(await verdicts([other, first])).toEqual(['event-id-conflict', 'duplicate']);
    expect((await stored(first.id))?.['amount_minor']).toBe('4900');
  });

  it('an id that was refused is free', async () => {
    const bad = money({ amountMinor: 0.5 });
    expect(await verdicts([bad, { ...bad, amountMinor: 50 }])).toEqual([
      'invalid-amount',
      'accepted',
    ]);
  });

  it('P4: ids are unique in a project, and projects share nothing', async () => {
    const { id: projectId, secret } = await anotherProject(it_, 'elsewhere');
    const here = event();
    const there = { ...here, name: 'login' };
    expect(await verdicts([here])).toEqual(['accepted']);
    expect(await verdicts([there], secret)).toEqual(['accepted']);
    expect(await verdicts([exposure()], secret)).toEqual(['unknown-experiment']);
    const rows = await it_.sql<{ name: string }>(
      `SELECT event.name FROM event JOIN event_space ON event_space.number = event.project
       WHERE event.key = $1 AND event_space.project_id = $2`,
      [here.id, projectId],
    );
    expect(rows).toEqual([{ name: 'login' }]);
  });

  it.each([
    ['no list', {}, 422, 'validation-failed'],
    ['no list but an object', { events: { 0: {} } }, 422, 'validation-failed'],
    ['B51 empty', { events: [] }, 422, 'validation-failed'],
    ['more than events', { events: [{}], writeKey: 'x' }, 422, 'validation-failed'],
    ['B51 too many', { events: Array(501).fill({}) }, 413, 'batch-too-large'],
    ['too many bytes', { events: ['a'.repeat(1024 * 1024)] }, 413, 'payload-too-large'],
  ])('refuses a batch with %s', async (_, body, status, code) => {
    const answer = await it_.send('post', '/v1/events', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('takes a full batch with large properties', async () => {
    const batch = Array.from({ length: 500 }, () =>
      event({ properties: { note: 'x'.repeat(1_700) } }),
    );
    expect(new Set(await verdicts(batch))).toEqual(new Set(['accepted']));
  });

  it('uses the clock of the product', async () => {
    const future = await startTestApp();
    try {
      await future.moveClock('2031-01-01T00:00:00Z');
      const results = await future.ok('post', '/v1/events', {
        events: [event({ occurredAt: '2031-01-01T00:00:00Z' }), event({ occurredAt: at() })],
      });
      expect(results.body.results.map(({ code }: Result) => code)).toEqual([
        undefined,
        'event-too-old',
      ]);
      const rows = await future.sql<{ year: number }>(
        'SELECT extract(year FROM event.received_at)::int AS year FROM event',
      );
      expect(rows).toEqual([{ year: 2031 }]);
    } finally {
      await future.close();
    }
  });

  describe('keys', () => {
    const keyOf = async (kind: 'public' | 'write', name: string): Promise<string> =>
      (await it_.ok('post', '/v1/keys', { kind, name })).body.secret as string;

    it('a public key says what pages see, never money or who is who', async () => {
      const pk = await keyOf('public', 'page');
      const [seen, done] = [exposure(), event()];
      const who = { id: 'i', type: 'identify', occurredAt: at(), from: unit, to: unit };
      expect(await verdicts([seen, done, money(), who], pk)).toEqual([
        'accepted',
        'accepted',
        'money-not-allowed',
        'money-not-allowed',
      ]);
      expect(await stored(seen.id)).toMatchObject({ source: 'browser' });
      expect(await stored(done.id)).toMatchObject({ source: 'browser' });
    });

    it('a write key sends money', async () => {
      const wk = await keyOf('write', 'billing');
      const sale = money();
      expect(await verdicts([sale], wk)).toEqual(['accepted']);
      expect(await stored(sale.id)).toMatchObject({ source: 'server' });
    });

    it('a key without a scope for events is refused', async () => {
      const made = await it_.ok('post', '/v1/keys', {
        kind: 'secret',
        name: 'reader',
        scopes: ['results:read'],
      });
      const answer = await it_.send('post', '/v1/events', { events: [event()] }, made.body.secret);
      expect([answer.status, answer.body.code]).toEqual([403, 'insufficient-scope']);
    });
  });
});
