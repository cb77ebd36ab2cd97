import { startTestApp, type TestApp } from '../support/test-app.js';

describe('exchange rates', () => {
  let it_: TestApp;

  beforeAll(async () => {
    it_ = await startTestApp();
  });
  afterAll(() => it_.close());

  const body = (changes: object = {}) => ({
    date: '2026-03-02',
    base: 'EUR',
    rates: { USD: 0.9217, JPY: 0.0061 },
    source: 'central bank',
    ...changes,
  });
  const put = (changes: object = {}) => it_.send('put', '/v1/exchange-rates', body(changes));
  const rows = () =>
    it_.sql<{ currency: string; rate: string; source: string }>(
      `SELECT currency, rate::text AS rate, source FROM exchange_rate ORDER BY date, currency`,
    );
  const audited = async () =>
    (
      await it_.sql<{ found: number }>(
        `SELECT count(*)::int AS found FROM audit_entry WHERE action = 'exchange-rates.store'`,
      )
    )[0]?.found;

  it('stores rates by their decimal digits, once, with one audit entry', async () => {
    const answer = await put();
    expect([answer.status, answer.body]).toEqual([200, { ...body(), added: 2 }]);
    expect(await rows()).toEqual([
      { currency: 'JPY', rate: '0.0061', source: 'central bank' },
      { currency: 'USD', rate: '0.9217', source: 'central bank' },
    ]);
    expect(await audited()).toBe(1);

    const again = await put({ source: 'another page' });
    expect([again.status, again.body.added]).toEqual([200, 0]);
    expect((await rows()).map(({ source }) => source)).toEqual(['central bank', 'central bank']);
    expect(await audited()).toBe(1);
  });

  it('refuses another value, and stores nothing of that request', async () => {
    await put();
    const before = await rows();
    const answer = await put({ rates: { GBP: 1.17, USD: 0.93 } });
    expect([answer.status, answer.body.code]).toEqual([409, 'rate-already-used']);
    expect(answer.body).toMatchObject({ currency: 'USD', storedRate: '0.9217' });
    expect(await rows()).toEqual(before);
  });

  it('adds currencies and days, and keeps very small rates', async () => {
    await put();
    const answer = await put({ rates: { USD: 0.9217, VND: 3.5e-7 }, date: '2026-03-03' });
    expect([answer.status, answer.body.added]).toEqual([200, 2]);
    expect(await rows()).toContainEqual({
      currency: 'VND',
      rate: '0.00000035',
      source: 'central bank',
    });
  });

  it.each([
    ['a day that does not exist', { date: '2026-02-30' }, '/date'],
    ['an unknown currency', { rates: { BTC: 1 } }, '/rates/BTC'],
    ['zero', { rates: { USD: 0 } }, '/rates/USD'],
    ['text', { rates: { USD: '0.9' } }, '/rates/USD'],
    ['a list', { rates: [1] }, '/rates'],
    ['no source', { source: '' }, '/source'],
    ['an unknown member', { foo: 1 }, '/foo'],
  ])('refuses %s', async (_, changes, pointer) => {
    const answer = await put(changes);
    expect([answer.status, answer.body.code]).toEqual([422, 'validation-failed']);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(
      pointer,
    );
  });

  it('write keys do not set rates', async () => {
    const { secret } = (await it_.ok('post', '/v1/keys', { kind: 'write', name: 'events' })).body;
    const answer = await it_.send('put', '/v1/exchange-rates', body(), secret);
    expect([answer.status, answer.body.code]).toEqual([403, 'insufficient-scope']);
  });
});
