import type { GateItem } from '../../src/domain/evidence/gate-report.js';
import { decisionBody } from '../support/decision-body.js';
import {
  aMetric,
  behaviour,
  evaluatedExperiment,
  log,
  type LoggedRow,
  money,
} from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, manyUnits } from '../support/evaluation-views.js';
import { memberKey } from '../support/member-key.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const AT = '/v1/experiments/checkout';
const codesOf = (items: readonly GateItem[]) => items.map(({ code }) => code);
const first = (variant: string, count: number) =>
  [...Array(count).keys()].map((n) => `${variant}-${n}`);

/** Buyers of the short checkout bring more, and some of its visitors write to support. */
const visits = (): LoggedRow[] => [
  ...manyUnits({ control: 300, short: 300 }),
  ...first('control', 60).map((unit) => behaviour(unit, 'clicks', at(1))),
  ...first('short', 120).map((unit) => behaviour(unit, 'clicks', at(1))),
  ...first('control', 100).map((unit, n) => money(unit, 'revenue', 1_000 + (n % 7), at(2))),
  ...first('short', 100).map((unit, n) => money(unit, 'revenue', 3_000 + (n % 7), at(2))),
];
const wroteToSupport = (variant: string, from: number, to: number): LoggedRow[] =>
  first(variant, to)
    .slice(from)
    .map((unit) => behaviour(unit, 'tickets', at(3)));

const TICKETS = aMetric({
  key: 'tickets',
  name: 'Support tickets',
  role: 'guardrail',
  class: 'load',
  direction: 'decrease',
  margin: { value: 0.05, scale: 'absolute' },
  department: 'support',
  owner: 'Head of support',
});

/** Owned by somebody who is not a member, so its department answers for it. */
const CALLS = aMetric({ ...TICKETS, key: 'calls', event: 'calls', owner: 'Somebody who left' });

describe('a breach of the support department', () => {
  let app: TestApp;
  let experiment: { id: string; projectId: string };
  let owner: { id: string; secret: string };
  let colleague: { id: string; secret: string };

  beforeAll(async () => {
    app = await startTestApp();
    await app.ok('post', '/v1/departments', { key: 'support', name: 'Support' });
    owner = await memberKey(app, 'Head of support', ['support']);
    colleague = await memberKey(app, 'Agent', ['support']);
    experiment = await evaluatedExperiment(app, {
      status: 'maturing',
      enrolmentEndedAt: ENDED,
      metrics: [aMetric({ key: 'clicks' }), TICKETS, CALLS],
      guardrails: ['tickets', 'calls'],
    });
    await log(app, experiment, [
      ...visits(),
      ...wroteToSupport('short', 0, 15),
      ...['control', 'short'].flatMap((variant) =>
        first(variant, 5).map((unit) => behaviour(unit, 'calls', at(3))),
      ),
    ]);
    await app.moveClock(AFTER_ALL);
  });
  afterAll(() => app.close());

  const answers = `${AT}/guardrails/tickets/answers`;
  const answer = (body: object, key?: string, path = answers) => app.send('post', path, body, key);
  const shown = async (metric = 'tickets') =>
    (await app.ok('get', `${AT}/guardrails`)).body.data.find(
      (one: { metric: string }) => one.metric === metric,
    );
  const ship = async () =>
    await decisionBody(app, 'checkout', {
      action: 'ship',
      variant: 'short',
      reason: 'It earns more',
    });

  it('can be answered only once it has been judged', async () => {
    const early = await answer({ accepted: true, answer: 'Fine.' }, owner.secret);
    expect([early.status, early.body.code]).toEqual([409, 'guardrail-not-judged']);
    expect(await shown()).toMatchObject({
      name: 'Support tickets',
      owner: { id: owner.id, name: 'Head of support' },
      department: 'support',
      margin: { value: 0.05, scale: 'absolute' },
      variants: [{ variant: 'short', blocksShip: true }],
      blocksShip: true,
    });
  });

  it('is open while the data cannot tell; what holds needs no answer', async () => {
    await app.ok('post', `${AT}/evaluations`);
    expect(await shown()).toMatchObject({
      variants: [{ state: 'unresolved', standing: 'unanswered', blocksShip: true }],
    });
    const held = await shown('calls');
    expect(held).toMatchObject({ department: 'support', blocksShip: false });
    expect(held).not.toHaveProperty('owner');
    const calls = (key?: string) =>
      answer({ accepted: true, answer: 'Fine.' }, key, `${AT}/guardrails/calls/answers`);
    const nothing = await calls(colleague.secret);
    expect([nothing.status, nothing.body.code]).toEqual([409, 'guardrail-holds']);
    const author = await calls();
    expect([author.status, author.body.code]).toEqual([403, 'not-guardrail-owner']);
  });

  it('blocks shipping until the owner answers, whoever else tries', async () => {
    const refused = await app.send('post', `${AT}/decide`, await ship());
    expect([refused.status, codesOf(refused.body.unmet)]).toEqual([422, ['GUARDRAIL_UNRESOLVED']]);
    expect(refused.body.unmet[0].remedies[0]).toMatchObject({
      action: 'Ask Head of support to answer for tickets',
      method: 'POST',
      path: answers,
    });
    for (const [key, code] of [
      [undefined, 'not-guardrail-owner'],
      [colleague.secret, 'not-guardrail-owner'],
    ] as const) {
      const other = await answer({ accepted: true, answer: 'We can live with it.' }, key);
      expect([other.status, other.body.code]).toEqual([403, code]);
    }
    const words = await answer({ accepted: true, answer: ' ' }, owner.secret);
    expect([words.status, words.body.errors]).toEqual([
      422,
      [{ pointer: '/answer', code: 'missing' }],
    ]);
    const variant = await answer({ accepted: true, answer: 'x', variant: 'control' }, owner.secret);
    expect(variant.body.errors).toEqual([{ pointer: '/variant', code: 'unknown-variant' }]);
    const { body } = await answer({ accepted: true, answer: 'Two people start.' }, owner.secret);
    expect(body).toMatchObject({
      metric: 'tickets',
      variants: [
        { variant: 'short', state: 'unresolved', standing: 'accepted', blocksShip: false },
      ],
      answers: [{ accepted: true, state: 'unresolved', answeredBy: owner.id, byAuthor: false }],
      blocksShip: false,
    });
    const { body: report } = await app.ok('post', '/v1/experiments/check?gate=decide', {
      experiment: 'checkout',
      decision: await ship(),
    });
    expect(report.outcome).toBe('pass');
  });

  it('must be answered anew when it has got worse, and the owner may decline', async () => {
    await log(app, experiment, wroteToSupport('short', 15, 90));
    await app.ok('post', `${AT}/evaluations`);
    expect(await shown()).toMatchObject({
      variants: [{ state: 'breached', standing: 'outgrown', blocksShip: true }],
    });
    const outgrown = await app.send('post', `${AT}/decide`, await ship());
    expect(codesOf(outgrown.body.unmet)).toEqual(['GUARDRAIL_BREACHED']);
    expect(outgrown.body.unmet[0].why).toContain('got worse since');
    await answer({ accepted: false, answer: 'We cannot carry this.' }, owner.secret);
    const declined = await app.send('post', `${AT}/decide`, await ship());
    expect(declined.body.unmet[0].why).toContain('does not accept');
  });

  it('ships once its owner takes it, and stays in sight', async () => {
    await answer({ accepted: true, answer: 'Two people have started.' }, owner.secret);
    const decision = await app.ok('post', `${AT}/decide`, await ship());
    expect(decision.body.action).toBe('ship');
    expect((await shown()).answers).toHaveLength(3);
  });

  it('keeps the words of an answer out of the history, and the answer as it is', async () => {
    const entries = await app.sql<{ facts: object }>(
      `SELECT facts FROM timeline_entry WHERE what = 'answer_guardrail' ORDER BY at, id`,
    );
    expect(entries.map(({ facts }) => facts)).toMatchObject([
      { metric: 'tickets', accepted: true, answers: [{ variant: 'short', state: 'unresolved' }] },
      { metric: 'tickets', accepted: false, answers: [{ state: 'breached' }] },
      { metric: 'tickets', accepted: true, answers: [{ state: 'breached' }] },
    ]);
    expect(JSON.stringify(entries)).not.toContain('people');
    await expect(
      app.sql(`UPDATE guardrail_answer SET accepted = true WHERE true`),
    ).rejects.toMatchObject({ driverError: { code: '23001' } });
  });

  it('is nobody’s business in another project, and not there for another metric', async () => {
    for (const metric of ['clicks', 'nothing', 'pro%20fit']) {
      const path = `${AT}/guardrails/${metric}/answers`;
      const { status, body } = await answer({ accepted: true, answer: 'x' }, owner.secret, path);
      expect([status, body.code]).toEqual([404, 'not-found']);
    }
    expect((await app.send('get', '/v1/experiments/nowhere/guardrails')).status).toBe(404);
  });
});
