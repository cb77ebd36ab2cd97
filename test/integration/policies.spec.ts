import { anotherProject } from '../support/another-project.js';
import { memberKey } from '../support/member-key.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Shown {
  profile: string;
  inForce: { version: number; people: number; asked: number };
  floors: { people: number };
  history: { state: string; alone: boolean; policy: { version: number } }[];
}

describe('the rules of evidence of a project', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
  });
  afterEach(() => app.close());

  const shown = async (profile: string): Promise<Shown> => {
    const list = await app.ok('get', '/v1/policies');
    const found = (list.body.data as Shown[]).find((one) => one.profile === profile);
    if (found === undefined) throw new Error(`no ${profile}`);
    return found;
  };
  const put = (body: object, key?: string) => app.send('put', '/v1/policies/standard', body, key);
  const approve = (version: number, key?: string) =>
    app.send('post', `/v1/policies/standard/versions/${version}/approve`, {}, key);
  const policyOf = async () => {
    const dry = await app.ok('post', '/v1/experiments/check', { policy: 'standard' });
    return dry.body.policy.version as number;
  };

  it('are built in until a project sets its own', async () => {
    const list = await app.ok('get', '/v1/policies');
    expect(
      (list.body.data as Shown[]).map(({ profile, inForce }) => [profile, inForce.version]),
    ).toEqual([
      ['explore', 1],
      ['standard', 1],
      ['rigorous', 1],
    ]);
    expect((await shown('standard')).history).toEqual([]);
  });

  it('are stricter at once, for what is asked from then on', async () => {
    expect(await policyOf()).toBe(1);
    await app.ok('post', '/v1/experiments', {
      key: 'earlier',
      name: 'Earlier',
      kind: 'aa',
      variants: [
        { key: 'a', name: 'A', weight: 1 },
        { key: 'b', name: 'B', weight: 1 },
      ],
      audience: { populations: ['lead'] },
      metrics: { leading: 'profit' },
    });
    await memberKey(app, 'A second member');
    const stricter = await put({ people: 4, asked: 6, reason: 'We were wrong too often' });
    expect([stricter.status, stricter.body]).toMatchObject([
      200,
      { state: 'in_force', looser: false, alone: false, policy: { version: 2, people: 4 } },
    ]);
    expect(await policyOf()).toBe(2);
    const kept = await app.ok('get', '/v1/experiments/earlier/gate-decisions');
    expect(kept.body.data[0].report.policy.version).toBe(1);
  });

  it('are looser only with a second member', async () => {
    const { secret } = await memberKey(app, 'A second member');
    const looser = await put({ people: 2, live: 2, accounts: 2, reason: 'Nobody picks up' });
    expect(looser.body).toMatchObject({ state: 'waiting', looser: true, policy: { version: 2 } });
    expect((await shown('standard')).inForce.version).toBe(1);
    const own = await approve(2);
    expect([own.status, own.body.code]).toEqual([409, 'same-member']);
    const agreed = await approve(2, secret);
    expect([agreed.status, agreed.body.state, agreed.body.alone]).toEqual([200, 'in_force', false]);
    expect((await shown('standard')).inForce).toMatchObject({ version: 2, people: 2 });
    const twice = await approve(2, secret);
    expect([twice.status, twice.body.code]).toEqual([409, 'already-approved']);
    const missing = await approve(9, secret);
    expect(missing.status).toBe(404);
    const entries = await app.ok('get', '/v1/audit');
    expect(
      (entries.body.data as { action: string; objectId: string }[])
        .filter(({ action }) => action.startsWith('policy.'))
        .map(({ action, objectId }) => [action, objectId]),
    ).toEqual([
      ['policy.propose', 'standard/2'],
      ['policy.approve', 'standard/2'],
    ]);
  });

  it('a proposal that another followed cannot be approved any more', async () => {
    const { secret } = await memberKey(app, 'A second member');
    await put({ people: 2, live: 2, accounts: 2, reason: 'Nobody picks up' });
    await put({ people: 5, asked: 8, reason: 'Rather more' });
    const late = await approve(2, secret);
    expect([late.status, late.body.code]).toEqual([409, 'superseded']);
    expect((await shown('standard')).history.map(({ state }) => state)).toEqual([
      'superseded',
      'in_force',
    ]);
  });

  it('are loosened alone where there is nobody else, and that is said', async () => {
    const alone = await put({ people: 2, live: 2, accounts: 2, reason: 'I am alone' });
    expect(alone.body).toMatchObject({ state: 'in_force', looser: true, alone: true });
  });

  it.each<[string, object, string]>([
    ['below the floor', { live: 0, reason: 'x' }, '/live'],
    ['that nobody could meet', { people: 3, live: 9, asked: 9, reason: 'x' }, '/live'],
    ['without a ledger', { fullLedger: false, reason: 'x' }, '/fullLedger'],
    ['without a reason', { people: 4 }, '/reason'],
    ['of another type', { people: 'many', reason: 'x' }, '/people'],
  ])('cannot be set %s', async (_name, body, pointer) => {
    const refused = await put(body);
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(
      pointer,
    );
  });

  it('belong to one project, and to the three profiles', async () => {
    const { secret } = await anotherProject(app, 'other');
    await put({ people: 4, asked: 6, reason: 'Ours' });
    const theirs = await app.ok('get', '/v1/policies', undefined, secret);
    expect((theirs.body.data as Shown[])[1]?.inForce.version).toBe(1);
    const unknown = await app.send('put', '/v1/policies/lenient', { reason: 'x' });
    expect(unknown.status).toBe(404);
  });

  it('the market and the retention of a project stay until they are set', async () => {
    const { default: request } = await import('supertest');
    const { ADMIN_KEY } = await import('../support/test-config.js');
    const send = async (changes: object) => {
      const read = await app.ok('get', '/v1/project');
      const { market: _m, retentionDays: _r, ...rest } = read.body as Record<string, unknown>;
      return await request(app.app.getHttpServer())
        .put('/v1/project')
        .set('authorization', `Bearer ${ADMIN_KEY}`)
        .set('if-match', String(read.headers['etag']))
        .send({ ...rest, ...changes });
    };
    const first = await app.ok('get', '/v1/project');
    expect(first.body).toMatchObject({ market: 'b2c', retentionDays: 730 });
    expect((await send({ market: 'b2b', retentionDays: 90 })).status).toBe(200);
    const absent = await send({});
    expect(absent.body).toMatchObject({ market: 'b2b', retentionDays: 90 });
    for (const changes of [{ market: 'b2g' }, { retentionDays: 29 }, { retentionDays: 3651 }]) {
      expect((await send(changes)).status).toBe(422);
    }
  });
});
