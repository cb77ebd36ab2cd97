import request from 'supertest';
import type { GateItem } from '../../src/domain/evidence/gate-report.js';
import type { Label } from '../../src/domain/verdict/standing.js';
import { decisionBody } from '../support/decision-body.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  log,
  money,
} from '../support/evaluated-experiment.js';
import { at as sinceStart, manyUnits } from '../support/evaluation-views.js';
import { memberKey } from '../support/member-key.js';
import {
  experimentBody,
  type HeardPerson,
  productNow,
  standardEvidence,
} from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { ADMIN_KEY } from '../support/test-config.js';

const DAY_MS = 86_400_000;
const codesOf = (items: readonly { code: string }[]) => items.map(({ code }) => code);
const first = (variant: string, count: number) =>
  [...Array(count).keys()].map((n) => `${variant}-${n}`);

/** Labels of every page that shows the test; the page for stakeholders has its own wording. */
async function labelsOn(app: TestApp, at: string): Promise<Record<string, string[]>> {
  const pages = ['', '/verdict', '/evaluations/latest', '/decisions'];
  const shown: Record<string, string[]> = {};
  for (const page of pages) {
    const { body } = await app.ok('get', `${at}${page}`);
    shown[page] = codesOf(body.labels as Label[]);
  }
  return shown;
}

describe('a decision against the gate where the policy asks for two', () => {
  const AT = '/v1/experiments/checkout';
  let app: TestApp;
  let second: { id: string; secret: string };

  beforeAll(async () => {
    app = await startTestApp();
    second = await memberKey(app, 'Ben');
    const experiment = await evaluatedExperiment(app, {
      policy: { profile: 'rigorous', version: 1 },
      metrics: [aMetric({ key: 'clicks' })],
    });
    await log(app, experiment, [
      ...manyUnits({ control: 300, short: 300 }),
      ...first('control', 60).map((unit) => behaviour(unit, 'clicks', sinceStart(1))),
      ...first('short', 150).map((unit) => behaviour(unit, 'clicks', sinceStart(1))),
      ...first('short', 100).map((unit, n) => money(unit, 'revenue', 900 + n, sinceStart(2))),
    ]);
    await app.moveClock(sinceStart(9));
    await app.ok('post', `${AT}/evaluations`);
  });
  afterAll(() => app.close());

  const ask = (body: object, key?: string) =>
    app.send('post', `${AT}/override-requests`, body, key);
  const ship = async (override: object) =>
    await decisionBody(app, 'checkout', {
      action: 'ship',
      variant: 'short',
      reason: 'The season ends on Friday',
      override,
    });
  const decide = async (override: object, key?: string) =>
    await app.send('post', `${AT}/decide`, await ship(override), key);
  const overrides = { reason: 'We take the risk' };

  it('is refused to one alone, whoever asked first', async () => {
    const alone = await decide(overrides);
    expect([alone.status, codesOf(alone.body.unmet)]).toEqual([
      422,
      ['PROFIT_NOT_MATURED', 'OVERRIDE_NEEDS_SECOND'],
    ]);
    const item = (alone.body.unmet as GateItem[]).find(
      ({ code }) => code === 'OVERRIDE_NEEDS_SECOND',
    );
    expect(item?.remedies).toMatchObject([{ method: 'POST', path: `${AT}/override-requests` }]);

    const asked = await ask({ action: 'ship', variant: 'short', reason: 'The season ends' });
    expect([asked.status, asked.body]).toMatchObject([201, { state: 'open', action: 'ship' }]);
    const own = await decide({ ...overrides, requestId: asked.body.id });
    expect(codesOf(own.body.unmet)).toContain('OVERRIDE_NEEDS_SECOND');
    const unknown = await decide(
      { ...overrides, requestId: '01a20000-0000-7000-8000-000000000000' },
      second.secret,
    );
    expect(codesOf(unknown.body.unmet)).toContain('OVERRIDE_NEEDS_SECOND');
  });

  it.each<[string, object, string]>([
    ['no reason', { action: 'ship', variant: 'short', reason: ' ' }, '/reason'],
    ['a variant that is not there', { action: 'ship', variant: 'long', reason: 'x' }, '/variant'],
  ])('asks for nothing with %s', async (_name, body, pointer) => {
    const { status, body: problem } = await ask(body);
    expect([status, problem.code]).toEqual([422, 'validation-failed']);
    expect(problem.errors[0].pointer).toBe(pointer);
  });

  it('needs the scope even to ask', async () => {
    const scopes = ['experiments:read', 'experiments:write', 'experiments:decide'];
    const key = await app.ok('post', '/v1/keys', { kind: 'secret', name: 'decider', scopes });
    const body = { action: 'ship', reason: 'x' };
    const refused = await ask(body, key.body.secret);
    expect([refused.status, refused.body.scope]).toEqual([403, 'experiments:override']);
  });

  it('passes by two, and every view says who decided against the gate and why', async () => {
    const { body: asked } = await app.ok('get', `${AT}/override-requests`);
    const requestId = asked.data[0].id as string;
    const taken = await decide({ ...overrides, requestId }, second.secret);
    expect(taken.status).toBe(201);
    expect(taken.body).toMatchObject({
      overrideReason: 'We take the risk',
      overrideRequestId: requestId,
      overrideRequestedBy: asked.data[0].requestedBy,
      decidedBy: second.id,
      labels: [{ code: 'OVERRIDDEN', sentence: expect.stringContaining('and Ben, because: We') }],
    });
    const { body: listed } = await app.ok('get', `${AT}/decisions`);
    expect(listed.data).toEqual([taken.body]);
    for (const codes of Object.values(await labelsOn(app, AT))) {
      expect(codes).toEqual(['OVERRIDDEN', 'PARTIAL_PROFIT', 'NOT_FINAL', 'PROXY_UNAUDITED']);
    }
    const { body: requests } = await app.ok('get', `${AT}/override-requests`);
    expect(requests.data).toMatchObject([{ id: requestId, state: 'used' }]);
  });

  it('serves one decision, and the words stay out of the history', async () => {
    const { body: requests } = await app.ok('get', `${AT}/override-requests`);
    const again = await decide({ ...overrides, requestId: requests.data[0].id }, second.secret);
    expect(codesOf(again.body.unmet)).toContain('OVERRIDE_NEEDS_SECOND');
    const entries = await app.sql(
      `SELECT facts FROM timeline_entry WHERE what = 'request_override'`,
    );
    expect(entries).toMatchObject([
      { facts: { overrideRequestId: requests.data[0].id, action: 'ship', variant: 'short' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain('season');
  });

  it('is not asked of whoever goes back', async () => {
    const body = { action: 'roll_back', reason: 'It hurts', override: overrides };
    expect((await app.send('post', `${AT}/decide`, body)).status).toBe(201);
  });
});

describe('evidence that is withdrawn in the middle of a test', () => {
  const AT = '/v1/experiments/total-first';
  const UNITS = 240;
  let app: TestApp;
  let people: HeardPerson[];
  let start: Date;

  beforeAll(async () => {
    app = await startTestApp();
    const evidence = await standardEvidence(app);
    people = evidence.people;
    const body = experimentBody(evidence.insightId, people, { assignment: 'external' });
    await app.ok('post', '/v1/experiments', body);
    await app.ok('post', `${AT}/launch`);
    start = await productNow(app);
  });
  afterAll(() => app.close());

  const at = (days: number) => new Date(start.getTime() + days * DAY_MS).toISOString();
  const variantOf = (n: number) => (n % 2 === 0 ? 'control' : 'total');
  const post = async (events: object[]) => {
    const { body } = await app.ok('post', '/v1/events', { events });
    expect((body.results as { status: string }[]).every((one) => one.status === 'accepted')).toBe(
      true,
    );
  };
  const ofUnit = (n: number, day: number) => ({
    unit: { kind: 'visitor', id: `visitor-${n}` },
    occurredAt: at(day),
  });
  const units = [...Array(UNITS).keys()];
  const ship = async () =>
    await decisionBody(app, 'total-first', {
      action: 'ship',
      variant: 'total',
      reason: 'It earns more',
    });
  const quiet = ['PARTIAL_PROFIT', 'PROXY_UNAUDITED', 'OBSERVED_BY_HAND', 'OBSERVED_BY_HAND'];

  it('marks every view at once, while the test goes on', async () => {
    await app.moveClock(at(3));
    await post(
      units.map((n) => ({
        id: `seen-${n}`,
        type: 'exposure',
        ...ofUnit(n, 1),
        experiment: 'total-first',
        variant: variantOf(n),
      })),
    );
    await post(
      units.map((n) => ({
        id: `paid-${n}`,
        type: 'money',
        name: 'revenue',
        amountMinor: (variantOf(n) === 'total' ? 4_000 : 2_000) + (n % 13) * 10,
        currency: 'USD',
        ...ofUnit(n, 2),
      })),
    );
    await app.ok('post', `${AT}/evaluations`);
    const before = await labelsOn(app, AT);
    await app.ok('post', `/v1/consents/${people[0]?.consentId}/withdraw`);
    const after = await labelsOn(app, AT);
    for (const page of Object.keys(before)) {
      expect(before[page]).not.toContain('EVIDENCE_WITHDRAWN');
      expect(after[page]).toEqual(['EVIDENCE_WITHDRAWN', ...(before[page] ?? [])]);
    }
    const { body: brief } = await app.ok('get', `${AT}/brief`);
    expect(JSON.stringify(brief.labels)).toContain('withdrawn');
    expect((await app.ok('get', AT)).body.status).toBe('running');
  });

  it('keeps the change from shipping until the gap is answered, though profit has won', async () => {
    await app.ok('post', `${AT}/end-enrolment`);
    await app.moveClock(at(60));
    await app.ok('post', `${AT}/evaluations`);
    const { body: verdict } = await app.ok('get', `${AT}/verdict`);
    expect(verdict.perVariant[0].state).toBe('profit_win');
    const refused = await app.send('post', `${AT}/decide`, await ship());
    expect([refused.status, codesOf(refused.body.unmet)]).toEqual([422, ['EVIDENCE_WITHDRAWN']]);
    await app.ok('post', `${AT}/evidence-gaps`, { answer: 'Two others say the same' });
    const answered = await labelsOn(app, AT);
    for (const codes of Object.values(answered)) {
      expect(codes).toEqual(['EVIDENCE_GAP_ANSWERED', ...quiet]);
    }
    const decided = await app.ok('post', `${AT}/decide`, await ship());
    expect(codesOf(decided.body.warnings as GateItem[])).toContain('EVIDENCE_GAP_ANSWERED');
  });

  it('says when words are gone for good', async () => {
    await app.ok('post', `/v1/participants/${people[1]?.participantId}/erasure`);
    for (const codes of Object.values(await labelsOn(app, AT))) {
      expect(codes).toEqual(['EVIDENCE_WITHDRAWN', 'EVIDENCE_ERASED', ...quiet]);
    }
  });

  it('answers a draft with a body that can be sent back as it is, labels included', async () => {
    const draft = experimentBody('', people, { key: 'same', kind: 'aa', rationale: undefined });
    await app.ok('post', '/v1/experiments', draft);
    const read = await app.ok('get', '/v1/experiments/same');
    expect(codesOf(read.body.labels as Label[])).toEqual(['AA_HEALTH_ONLY']);
    const written = await request(app.app.getHttpServer())
      .put('/v1/experiments/same')
      .set('authorization', `Bearer ${ADMIN_KEY}`)
      .set('if-match', String(read.headers['etag']))
      .send(read.body as object);
    expect([written.status, written.body.status]).toEqual([200, 'draft']);
  });
});
