import { memberKey } from '../support/member-key.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const impact = (department: string, expectedEffect = 'Fewer questions about the total') => ({
  department,
  expectedEffect,
  reason: 'People see the total earlier',
});

/** An A/A draft with impacts: whom a change reaches does not depend on its kind. */
const DRAFT = {
  key: 'total-first',
  name: 'Show the total first',
  kind: 'aa',
  variants: [
    { key: 'control', name: 'As it is', weight: 1 },
    { key: 'total', name: 'Total first', weight: 1 },
  ],
  audience: { populations: ['lead'], stages: ['pricing'] },
  metrics: { leading: 'profit' },
  rationale: { impacts: [impact('support'), impact('sales'), impact('nobodys')] },
};

describe('what departments are told, and who of them says so', () => {
  let app: TestApp;
  let support: { id: string; secret: string };

  beforeEach(async () => {
    app = await startTestApp();
    for (const [key, stages] of Object.entries({
      support: [],
      sales: [],
      nobodys: [],
      marketing: ['pricing'],
    })) {
      await app.ok('post', '/v1/departments', { key, name: key, stages });
    }
    support = await memberKey(app, 'Sasha of support', ['support']);
    await memberKey(app, 'Robin of sales', ['sales']);
    await app.ok('post', '/v1/experiments', DRAFT);
  });
  afterEach(() => app.close());

  const acknowledge = (department: string, key?: string, body: object = {}) =>
    app.send('post', `/v1/experiments/total-first/impacts/${department}/acknowledge`, body, key);

  const states = async (): Promise<[string, string][]> => {
    const list = await app.ok('get', '/v1/experiments/total-first/impacts');
    return (list.body.data as { department: string; state: string }[]).map(
      ({ department, state }) => [department, state],
    );
  };

  it('lists every department concerned, also one that the author forgot', async () => {
    expect(await states()).toEqual([
      ['marketing', 'missing'],
      ['nobodys', 'unacknowledged'],
      ['sales', 'unacknowledged'],
      ['support', 'unacknowledged'],
    ]);
  });

  it('is said by a member of the department, once', async () => {
    const first = await acknowledge('support', support.secret, { note: 'We train two people' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      department: 'support',
      state: 'acknowledged',
      acknowledgedBy: support.id,
      alone: false,
      note: 'We train two people',
    });
    const again = await acknowledge('support', support.secret, { note: 'another note' });
    expect(again.body).toEqual(first.body);
    const timeline = await app.ok('get', '/v1/experiments/total-first/timeline');
    expect(timeline.body.data.map(({ what }: { what: string }) => what)).toEqual([
      'create',
      'acknowledge_impact',
    ]);
    await expect(
      app.sql(`UPDATE impact_acknowledgement SET alone = true WHERE true`),
    ).rejects.toMatchObject({ driverError: { code: '23001' } });
  });

  it('cannot be said by somebody else, nor by the author for others', async () => {
    const other = await acknowledge('sales', support.secret);
    expect([other.status, other.body.code]).toEqual([403, 'not-in-department']);
    const author = await acknowledge('sales');
    expect([author.status, author.body.code]).toEqual([403, 'not-in-department']);
    await app.sql(`UPDATE member SET departments = '{sales}' WHERE name = 'owner'`);
    const inIt = await acknowledge('sales');
    expect([inIt.status, inIt.body.code]).toEqual([409, 'author-cannot-acknowledge']);
    const unknown = await acknowledge('no-such');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'not-found']);
    const silent = await acknowledge('marketing');
    expect([silent.status, silent.body.code]).toEqual([404, 'not-found']);
  });

  it('is said by the author alone where the department has nobody, and that is shown', async () => {
    const alone = await acknowledge('nobodys');
    expect([alone.status, alone.body.alone, alone.body.state]).toEqual([200, true, 'acknowledged']);
  });

  it('is stale once the entry reads differently, and then said again', async () => {
    await acknowledge('support', support.secret);
    const { default: request } = await import('supertest');
    const { ADMIN_KEY } = await import('../support/test-config.js');
    const read = await app.ok('get', '/v1/experiments/total-first');
    await request(app.app.getHttpServer())
      .put('/v1/experiments/total-first')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-match', String(read.headers['etag']))
      .send({ ...read.body, rationale: { impacts: [impact('support', 'Twice the calls')] } })
      .expect(200);
    expect(await states()).toEqual([
      ['marketing', 'missing'],
      ['support', 'stale'],
    ]);
    const again = await acknowledge('support', support.secret);
    expect(again.body.state).toBe('acknowledged');
  });

  it('is settled before the launch', async () => {
    await app.ok('post', '/v1/experiments/total-first/launch');
    const late = await acknowledge('support', support.secret);
    expect([late.status, late.body.code]).toEqual([409, 'invalid-state-transition']);
  });
});
