import type { GateItem } from '../../src/domain/evidence/gate-report.js';
import { decisionBody } from '../support/decision-body.js';
import { behaviour, evaluatedExperiment, log } from '../support/evaluated-experiment.js';
import { AFTER_ALL, ENDED, manyUnits, START } from '../support/evaluation-views.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { hear, type HeardPerson } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** What was learned, asked of whoever goes on. The people and the visitors are invented. */
describe('the decide gate', () => {
  let app: TestApp;
  let heardBefore: HeardPerson;
  let heardAfter: HeardPerson;
  let experimentId: string;
  const at = '/v1/experiments/checkout';
  const codesIn = (items: GateItem[]) => items.map(({ code }) => code);
  const ask = (decision: object) =>
    app.send('post', '/v1/experiments/check?gate=decide', { experiment: 'checkout', decision });

  beforeAll(async () => {
    app = await startTestApp();
    heardBefore = await hear(app, { pseudonym: 'Visitor A', endedDaysAgo: 20 });
    const experiment = await evaluatedExperiment(app, {
      status: 'maturing',
      launchedAt: new Date(Date.now() + 60_000).toISOString(),
      chain: [
        { from: 'change', to: 'experience:calm', sign: '+', lagDays: 0, basis: 'interview' },
        { from: 'experience:calm', to: 'metric:clicks', sign: '+', lagDays: 0, basis: 'interview' },
        {
          from: 'metric:clicks',
          to: 'metric:profit',
          sign: '+',
          lagDays: 30,
          basis: 'correlation',
        },
      ],
      rationale: {
        because: { struggle: { text: 'They cannot tell.', quoteIds: [heardBefore.quoteId] } },
        impacts: [
          { department: 'support', expectedEffect: 'fewer questions', reason: 'fees are shown' },
        ],
      },
    });
    experimentId = experiment.id;
    const later = new Date(Date.now() + 86_400_000).toISOString();
    await app.moveClock(later);
    heardAfter = await hear(app, { pseudonym: 'Visitor B', endedDaysAgo: 0 });
  });
  afterAll(() => app.close());

  it('says everything that is open at once, and stores nothing when it is only asked', async () => {
    const { status, body } = await ask({ action: 'iterate', reason: 'once more' });
    expect([status, body.gate, body.outcome]).toEqual([200, 'decide', 'refused']);
    expect(codesIn(body.unmet)).toEqual(['WHY_MISSING', 'LINKS_UNJUDGED', 'SIDE_EFFECTS_UNREAD']);
    expect(body.unmet[1].subjects).toEqual([
      'change -> experience:calm',
      'experience:calm -> metric:clicks',
      'metric:clicks -> metric:profit',
    ]);
    expect(body.nextBest).toMatchObject({
      code: 'WHY_MISSING',
      remedy: { method: 'POST', path: `${at}/decide` },
    });
    const kept = await app.sql(`SELECT 1 FROM gate_decision WHERE gate = 'decide'`);
    expect(kept).toEqual([]);
    expect((await app.ok('get', at)).body.status).toBe('maturing');
  });

  it('refuses the same, keeps the refusal, and decides nothing', async () => {
    const { status, body } = await app.send('post', `${at}/decide`, {
      action: 'iterate',
      reason: 'once more',
    });
    expect([status, body.code]).toEqual([422, 'gate-refused']);
    expect(codesIn(body.unmet)).toContain('WHY_MISSING');
    const kept = await app.sql(
      `SELECT outcome FROM gate_decision WHERE gate = 'decide' AND subject_id = $1`,
      [experimentId],
    );
    expect(kept).toEqual([{ outcome: 'refused' }]);
    expect((await app.ok('get', `${at}/decisions`)).body.data).toEqual([]);
  });

  it.each<[string, (heard: { before: string; after: string }) => object, string[]]>([
    ['explained by nothing', () => ({ state: 'explained', text: 'It is nicer.' }), ['WHY_MISSING']],
    [
      'explained by a quote',
      ({ before }) => ({ state: 'explained', text: 'It is nicer.', quoteIds: [before] }),
      [],
    ],
    [
      'explained by a later quote, written in capitals',
      ({ after }) => ({
        state: 'explained',
        text: 'It is nicer.',
        quoteIds: [after.toUpperCase()],
      }),
      [],
    ],
    [
      'explained by a quote that is not there',
      () => ({
        state: 'explained',
        text: 'It is nicer.',
        quoteIds: ['018f0000-0000-7000-8000-000000000000'],
      }),
      ['WHY_MISSING'],
    ],
    ['not explained', () => ({ state: 'unexplained', text: 'We cannot tell.' }), []],
  ])('%s', async (_name, why, unmet) => {
    const { body } = await ask({
      action: 'iterate',
      reason: 'once more',
      why: why({ before: heardBefore.quoteId, after: heardAfter.quoteId }),
    });
    expect(codesIn(body.unmet).filter((code) => code === 'WHY_MISSING')).toEqual(unmet);
  });

  it.each<[string, object, string | undefined]>([
    ['a state that does not exist', { why: { state: 'obvious', text: 'Yes.' } }, undefined],
    [
      'words in place of the id of a quote',
      { why: { state: 'explained', text: 'Yes.', quoteIds: ['the total was too late'] } },
      undefined,
    ],
    [
      'a link nobody planned',
      { links: [{ from: 'change', to: 'metric:profit', verdict: 'held' }] },
      '/links/0',
    ],
    [
      'two reports of one department',
      {
        sideEffects: [
          { department: 'support', observed: 'none', note: '' },
          { department: 'support', observed: 'worse', note: '' },
        ],
      },
      '/sideEffects/1',
    ],
  ])('%s is refused by name', async (_name, said, pointer) => {
    const answer = await ask({ action: 'stop', reason: 'enough', ...said });
    expect(answer.body.code).toBe('validation-failed');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    if (pointer !== undefined) expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('computes a surprise from what a department says, and takes a follow-up for it', async () => {
    const worse = { department: 'sales', observed: 'worse', note: 'Angry calls.' };
    const said = await decisionBody(app, 'checkout', {
      action: 'iterate',
      reason: 'once more',
    });
    const sideEffects = [...(said['sideEffects'] as object[]), worse];
    const open = await ask({ ...said, sideEffects });
    expect(open.body.unmet).toMatchObject([
      { code: 'SURPRISE_OPEN', actual: 'UNDECLARED_SIDE_EFFECT', subjects: ['sales'] },
    ]);
    const followUp = (dueAt: string) => [
      { code: 'UNDECLARED_SIDE_EFFECT', followUp: { question: 'Why do you call?', dueAt } },
    ];
    const past = await ask({ ...said, sideEffects, surprises: followUp('2026-01-01T00:00:00Z') });
    expect(codesIn(past.body.unmet)).toEqual(['SURPRISE_OPEN']);
    const due = await ask({ ...said, sideEffects, surprises: followUp('2099-01-01T00:00:00Z') });
    expect(due.body.outcome).toBe('pass');
  });

  it('is not passed by a reason that names words which came after the launch', async () => {
    const reason = (quoteId: string) =>
      app.sql(
        `UPDATE experiment SET definition =
           jsonb_set(definition, '{rationale,because,struggle,quoteIds}', $2) WHERE id = $1`,
        [experimentId, JSON.stringify([quoteId])],
      );
    await reason(heardAfter.quoteId);
    const { body } = await ask(
      await decisionBody(app, 'checkout', { action: 'iterate', reason: 'once more' }),
    );
    await reason(heardBefore.quoteId);
    expect(body.unmet).toMatchObject([
      { code: 'POST_HOC_AS_PRIOR', subjects: [heardAfter.quoteId] },
    ]);
  });

  it('takes nothing but a reason to roll back', async () => {
    const { body } = await ask({ action: 'roll_back', reason: 'it hurts' });
    expect([body.outcome, body.unmet]).toEqual(['pass', []]);
  });

  it('needs the scope for an override even to be asked about one', async () => {
    const reader = await app.ok('post', '/v1/keys', {
      kind: 'secret',
      name: 'reader',
      scopes: ['experiments:read'],
    });
    const body = { action: 'iterate', reason: 'once more', override: { reason: 'the board' } };
    const path = '/v1/experiments/check?gate=decide';
    const question = { experiment: 'checkout', decision: body };
    const refused = await app.send('post', path, question, reader.body.secret);
    expect([refused.status, refused.body.scope]).toEqual([403, 'experiments:override']);
    const { body: overruled } = await ask(body);
    expect([overruled.outcome, codesIn(overruled.warnings)[0]]).toEqual(['pass', 'OVERRIDDEN']);
  });

  it('keeps what was learned, marks later words, and writes none of it into the history', async () => {
    const said = await decisionBody(app, 'checkout', {
      action: 'iterate',
      reason: 'a smaller step first',
      why: {
        state: 'explained',
        text: 'They trust a total that they see early.',
        quoteIds: [heardBefore.quoteId, heardAfter.quoteId],
      },
    });
    const { body: decision } = await app.ok('post', `${at}/decide`, said);
    expect(decision.learning).toEqual({
      why: {
        state: 'explained',
        text: 'They trust a total that they see early.',
        quotes: [
          { id: heardBefore.quoteId, postHoc: false },
          { id: heardAfter.quoteId, postHoc: true },
        ],
      },
      links: [
        expect.objectContaining({ to: 'experience:calm', verdict: 'not_measured', by: 'people' }),
        expect.objectContaining({ to: 'metric:clicks', verdict: 'not_measured', by: 'people' }),
        expect.objectContaining({ to: 'metric:profit', verdict: 'not_measured', by: 'people' }),
      ],
      surprises: [],
      sideEffects: [
        {
          department: 'support',
          expectedEffect: 'fewer questions',
          observed: 'none',
          note: 'Nothing noticed.',
        },
      ],
    });
    const { body: listed } = await app.ok('get', `${at}/decisions`);
    expect(listed.data).toEqual([decision]);
    const [entry] = await app.sql<{ facts: object }>(
      `SELECT facts FROM timeline_entry WHERE experiment_id = $1 AND what = 'decide'`,
      [experimentId],
    );
    expect(JSON.stringify(entry?.facts)).toContain(heardAfter.quoteId);
    const chained = await app.sql<{ text: string }>(
      `SELECT audit_entry::text AS text FROM audit_entry`,
    );
    for (const written of ['They trust a total', 'Nothing noticed.']) {
      expect(JSON.stringify(entry?.facts)).not.toContain(written);
      expect(chained.some(({ text }) => text.includes(written))).toBe(false);
    }
  });

  it('takes no words of somebody who withdrew their consent', async () => {
    await app.ok('post', `/v1/consents/${heardAfter.consentId}/withdraw`);
    const why = { state: 'partly', text: 'They saw it.', quoteIds: [heardAfter.quoteId] };
    const { body } = await ask({ action: 'iterate', reason: 'again', why });
    expect(body.unmet[0]).toMatchObject({
      code: 'WHY_MISSING',
      pointer: '/why/quoteIds',
      subjects: [heardAfter.quoteId],
    });
    // Going back waits for nothing, and cites nothing that may not be cited.
    const { body: back } = await app.ok('post', `${at}/decide`, {
      action: 'roll_back',
      reason: 'it hurts',
      why,
    });
    expect(back.learning.why.quotes).toEqual([]);
    expect((await app.ok('get', `${at}/decisions`)).body.data).toHaveLength(2);
  });

  it('learns nothing about people from an A/A test', async () => {
    await launchedExperiment(app, { key: 'same' });
    const { body } = await app.ok('post', '/v1/experiments/same/decide', {
      action: 'iterate',
      reason: 'the machinery works',
      why: { state: 'unexplained', text: 'Both arms are the same.' },
    });
    expect(body.learning).toBeUndefined();
    expect(body.warnings.map(({ code }: { code: string }) => code)).toEqual(['AA_TEACHES_NOTHING']);
  });

  it('answers in plain words for what is not there', async () => {
    const question = '/v1/experiments/check?gate=decide';
    const decision = { action: 'stop', reason: 'enough' };
    const missing = await app.send('post', question, { experiment: 'nowhere', decision });
    expect(missing.status).toBe(404);
    const nothing = await app.send('post', question, { experiment: 'checkout' });
    expect(nothing.body.errors).toEqual([{ pointer: '/decision', code: 'missing' }]);
    const wrong = await app.send('post', question, {
      experiment: 'checkout',
      decision: { ...decision, action: 'celebrate' },
    });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/decision/action', code: 'not-in-set' }]);
    expect((await app.send('get', '/v1/experiments/nowhere/decisions')).status).toBe(404);
  });
});

describe('what the numbers judge', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const experiment = await evaluatedExperiment(app, {
      status: 'maturing',
      enrolmentEndedAt: ENDED,
      chain: [
        { from: 'change', to: 'metric:clicks', sign: '+', lagDays: 0, basis: 'interview' },
        { from: 'metric:clicks', to: 'metric:profit', sign: '+', lagDays: 30, basis: 'assumption' },
      ],
      rationale: {
        prediction: {
          metric: 'clicks',
          direction: 'increase',
          low: 0.1,
          high: 0.5,
          scale: 'relative',
        },
      },
    });
    await log(app, experiment, [
      ...manyUnits({ control: 300, short: 300 }),
      ...clicksOf('control', 150),
      ...clicksOf('short', 30),
    ]);
    await app.moveClock(AFTER_ALL);
    await app.ok('post', '/v1/experiments/checkout/evaluations');
  });
  afterAll(() => app.close());

  it('stands against what is said, and a reversed sign must be answered', async () => {
    const said = {
      action: 'iterate',
      variant: 'short',
      reason: 'the other way round',
      why: { state: 'unexplained', text: 'Nobody was asked.' },
      links: [
        { from: 'change', to: 'metric:clicks', verdict: 'held', note: 'We like it.' },
        { from: 'metric:clicks', to: 'metric:profit', verdict: 'not_measured' },
      ],
    };
    const path = '/v1/experiments/checkout/decide';
    const { body: report } = await app.ok('post', '/v1/experiments/check?gate=decide', {
      experiment: 'checkout',
      decision: said,
    });
    expect(report.unmet).toMatchObject([
      { code: 'SURPRISE_OPEN', actual: 'SIGN_REVERSED', subjects: ['clicks'] },
    ]);
    const surprises = [{ code: 'SIGN_REVERSED', closedUnexplained: 'The visitors are invented.' }];
    const { body: decision } = await app.ok('post', path, { ...said, surprises });
    expect(decision.warnings.map(({ code }: { code: string }) => code)).toEqual([
      'LINK_JUDGED_BY_NUMBERS',
    ]);
    expect(decision.learning).toMatchObject({
      links: [
        { verdict: 'broken', by: 'numbers', note: 'We like it.', saidInstead: 'held' },
        { verdict: 'not_measured', by: 'people' },
      ],
      surprises: [
        {
          code: 'SIGN_REVERSED',
          variant: 'short',
          sentence: 'clicks went down, against what was predicted.',
          closedUnexplained: 'The visitors are invented.',
        },
      ],
    });
  });
});

const clicksOf = (variant: string, count: number) =>
  [...Array(count).keys()].map((n) => behaviour(`${variant}-${n}`, 'clicks', START));
