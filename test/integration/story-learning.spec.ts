import { randomUUID } from 'node:crypto';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { ExperimentsReader } from '../../src/modules/experiments/experiments.reader.js';
import { LearningWriter } from '../../src/modules/learning/learning.writer.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { decisionBody } from '../support/decision-body.js';
import { aConsent, aPerson, aTalk } from '../support/heard-people.js';
import { inOtherWords } from '../support/other-words.js';
import {
  experimentBody,
  type HeardPerson,
  productNow,
  standardEvidence,
} from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;
const UNITS = 300;
const TO_CHECKOUT = { from: 'experience:known-total', to: 'metric:checkout-start' };
const TO_PEOPLE = { from: 'change', to: 'experience:known-total' };

/**
 * Two tests rest on one claim. The first one wins, and not for the reason it was launched for: it ships
 * and carries nothing. The second one does not move, and its reason is wrong. The people are invented.
 */
describe('what tests teach', () => {
  let app: TestApp;
  let start: Date;
  let insightId: string;
  let people: HeardPerson[];
  const LUCKY = '/v1/experiments/total-first';
  const REFUTED = '/v1/experiments/total-again';

  const at = (days: number): string => new Date(start.getTime() + days * DAY_MS).toISOString();
  const goTo = (days: number) => app.ok('post', '/v1/sandbox/clock', { now: at(days) });
  const bodyOf = (key: string, rationale: object = {}) => {
    const body = experimentBody(insightId, people, { key, assignment: 'external' });
    const own = body['rationale'] as Record<string, unknown>;
    const followUps = [{ question: 'What did you know before?', afterDays: 60, people: 2 }];
    return { ...body, rationale: { ...own, followUps, ...rationale } as Record<string, unknown> };
  };
  /** The last link rests on this experiment. */
  const restingOn = (experiment: string) => {
    const { chain } = experimentBody(insightId, people)['rationale'] as { chain: object[] };
    const last = { ...chain[2], basis: 'experiment', support: [experiment] };
    return { chain: [...chain.slice(0, 2), last], replicationOf: 'total-first' };
  };
  const unmetOf = async (body: object): Promise<string[]> => {
    const refused = await app.send('post', '/v1/experiments', body);
    expect([refused.status, refused.body.code]).toEqual([422, 'gate-refused']);
    const codes = (refused.body.unmet as { code: string }[]).map(({ code }) => code);
    return codes.filter((code) => code !== 'COPIED_RATIONALE');
  };
  const notices = async (kind: string) => {
    const { body } = await app.ok('get', `/v1/notifications?kind=${kind}`);
    return body.data as {
      experimentKey: string;
      subject: string;
      endedAt?: string;
      facts: object;
    }[];
  };
  const timelineOf = async (path: string, what: string) => {
    const { body } = await app.ok('get', `${path}/timeline`);
    return (body.data as { what: string; facts: object }[]).filter((entry) => entry.what === what);
  };

  beforeAll(async () => {
    app = await startTestApp();
    ({ people, insightId } = await standardEvidence(app));
    await app.ok('post', '/v1/experiments', bodyOf('total-first'));
    await app.ok('post', `${LUCKY}/launch`);
    const again = bodyOf('total-again', { replicationOf: 'total-first' });
    await app.ok('post', '/v1/experiments', again);
    await app.ok('post', `${REFUTED}/launch`);
    const { because, otherExplanations, otherChanges, experience, followUps } =
      bodyOf('waiting').rationale;
    const reason = { because, otherExplanations, otherChanges, experience, followUps };
    await app.ok('post', '/v1/experiments', bodyOf('waiting', inOtherWords(reason)));
    start = await productNow(app);
    await goTo(2);
    // Of six in the control two buy; of six in the variant four do, or two where nothing changes.
    const crowd = (key: string, prefix: string, buying: number): object[] =>
      Array.from({ length: UNITS }, (_, n) => n).flatMap((n) => {
        const isTreated = n % 2 === 1;
        const ofUnit = (day: number) => ({
          unit: { kind: 'visitor', id: `${prefix}-${n}` },
          occurredAt: at(day),
        });
        const seen = {
          id: `${prefix}-seen-${n}`,
          type: 'exposure',
          ...ofUnit(1),
          experiment: key,
          variant: isTreated ? 'total' : 'control',
        };
        if (Math.floor(n / 2) % 6 >= (isTreated ? buying : 2)) return [seen];
        const sale = { type: 'money', name: 'revenue', currency: 'USD' };
        return [
          seen,
          { id: `${prefix}-go-${n}`, type: 'event', ...ofUnit(1.5), name: 'checkout_started' },
          { id: `${prefix}-pay-${n}`, ...sale, ...ofUnit(1.5), amountMinor: 8_000 + (n % 7) * 100 },
        ];
      });
    const all = [...crowd('total-first', 'a', 4), ...crowd('total-again', 'b', 2)];
    for (let from = 0; from < all.length; from += 500) {
      await app.ok('post', '/v1/events', { events: all.slice(from, from + 500) });
    }
    await goTo(70);
    await app.ok('post', `${LUCKY}/evaluations`);
    await app.ok('post', `${REFUTED}/evaluations`);
  });
  afterAll(() => app.close());

  it('a win for another reason ships, and the next experiment cannot cite it', async () => {
    expect(await unmetOf(bodyOf('next', restingOn('total-first')))).toEqual(['LUCKY_WIN_CITED']);
    expect((await app.ok('get', `${LUCKY}/learning`)).body).toEqual({ variants: [] });
    const body = await decisionBody(app, 'total-first', {
      action: 'ship',
      variant: 'total',
      reason: 'it earns more',
      links: [
        { ...TO_PEOPLE, verdict: 'broken', note: 'Nobody could say the total.' },
        { ...TO_CHECKOUT, verdict: 'not_measured' },
      ],
      surprises: [
        {
          code: 'PREDICTION_MISSED',
          followUp: { question: 'What made you start at once?', dueAt: at(80) },
        },
      ],
      wrongIf: { met: false, note: 'Checkout starts rose.' },
    });
    const { body: decision } = await app.ok('post', `${LUCKY}/decide`, body);
    expect(decision.learning.wrongIf).toEqual({ met: false, note: 'Checkout starts rose.' });

    const { body: learning } = await app.ok('get', `${LUCKY}/learning`);
    expect(learning.variants).toMatchObject([
      {
        variant: 'total',
        metric: 'better',
        metricKey: 'checkout-start',
        asPredicted: true,
        mechanism: 'not_supported',
        outcome: 'lucky_win',
        metricReasons: ['checkout-start went up, as predicted.'],
        reasons: [
          'The link change -> experience:known-total is broken, as people judged it.',
          'What would show the reason wrong has not happened.',
        ],
        insights: [{ insightId, effect: 'none' }],
        links: [
          { ...TO_PEOPLE, verdict: 'broken', by: 'people' },
          { ...TO_CHECKOUT, verdict: 'not_measured', by: 'people' },
        ],
        surprises: [{ code: 'PREDICTION_MISSED', subject: 'checkout-start' }],
        from: 'decision',
      },
    ]);
    expect((await timelineOf(LUCKY, 'learn'))[0]?.facts).toMatchObject({ outcome: 'lucky_win' });

    const refused = await app.send(
      'post',
      '/v1/experiments',
      bodyOf('next', restingOn('total-first')),
    );
    const unmet = refused.body.unmet as { code: string }[];
    expect(unmet.filter(({ code }) => code === 'LUCKY_WIN_CITED')).toMatchObject([
      {
        code: 'LUCKY_WIN_CITED',
        pointer: '/rationale/chain/2/support',
        subjects: ['total-first'],
        remedies: [{ path: `${LUCKY}/follow-ups` }, {}],
      },
    ]);
    expect(await unmetOf(bodyOf('next', restingOn('total-again')))).toEqual(['LUCKY_WIN_CITED']);
    expect(await unmetOf(bodyOf('next', restingOn('nowhere')))).toEqual(['LUCKY_WIN_CITED']);
    // The claim itself stands: the win says nothing of it.
    const { body: insight } = await app.ok('get', `/v1/insights/${insightId}`);
    expect(insight).toMatchObject({
      state: 'asserted',
      trackRecord: [{ experiment: 'total-first', outcome: 'lucky_win', effect: 'none' }],
    });
  });

  it('opens interviews for a surprise and for the win nobody can explain', async () => {
    const { body } = await app.ok('get', `${LUCKY}/follow-ups`);
    const due = { state: 'open', people: 3, heard: 0, dueAt: at(80) };
    const ofTotal = { subject: 'checkout-start', variant: 'total' };
    const planned = { question: 'What did you know before?', people: 2, state: 'open' };
    expect(body.data).toMatchObject([
      { openedFor: 'plan', ...planned },
      { openedFor: 'lucky_win', ...ofTotal, state: 'open' },
      { openedFor: 'surprise', surprise: 'PREDICTION_MISSED', ...ofTotal, ...due },
    ]);
    const { studyId, questionId, question } = body.data[2];
    expect((await app.ok('get', `/v1/questions/${questionId}`)).body).toMatchObject({
      text: question,
      state: 'open',
      tags: ['follow-up', 'total-first'],
    });
    const study = (await app.ok('get', `/v1/studies/${studyId}`)).body;
    expect(study).toMatchObject({ questionId, population: 'lead', plannedInterviews: 3 });
    // What people are asked stays out of what can never be changed.
    expect(JSON.stringify(await timelineOf(LUCKY, 'open_follow_up'))).not.toContain(
      'start at once',
    );
  });

  it('is overdue until enough people who met the change have been heard', async () => {
    const followUp = async () => (await app.ok('get', `${LUCKY}/follow-ups`)).body.data[2];
    const { id, studyId } = await followUp();
    await goTo(81);
    expect(await followUp()).toMatchObject({ state: 'overdue', heard: 0 });
    expect(await notices('follow_up_due')).toMatchObject([
      { experimentKey: 'total-first', subject: id, facts: { heard: 0, people: 3 } },
    ]);
    const talk = async (day: number, changes: object = {}): Promise<string> => {
      const person = await aPerson(app);
      const scopes = ['take_part', 'product_decisions', 'quote_internal', 'recontact'];
      const consent = aConsent({ scopes, givenAt: at(69) });
      await app.ok('post', `/v1/participants/${person}/consents`, consent);
      await aTalk(app, person, ['I asked for a quote first.'], {
        studyId,
        exposureTo: 'total-first',
        startedAt: at(day),
        endedAt: at(day + 0.01),
        ...changes,
      });
      return person;
    };
    // Nobody who had not met it, or was heard before there was anything to meet.
    await talk(80, { exposureTo: 'total-again' });
    await talk(-5);
    const heard = [await talk(80), await talk(80.1)];
    await aTalk(app, heard[0] ?? '', ['Once more.'], {
      studyId,
      exposureTo: 'total-first',
      startedAt: at(80.2),
      endedAt: at(80.3),
    });
    expect(await followUp()).toMatchObject({ state: 'overdue', heard: 2 });
    heard.push(await talk(80.4));
    expect(await followUp()).toMatchObject({ state: 'answered', heard: 3 });
    await goTo(91);
    const told = await notices('follow_up_due');
    expect(told.find(({ subject }) => subject === id)?.endedAt).toBeDefined();

    const { body } = await app.ok('get', `${LUCKY}/follow-ups/${id}/candidates`);
    const candidates = body.data as { participantId: string; knownFrom: string[] }[];
    expect(candidates.map(({ participantId }) => participantId).toSorted()).toEqual(
      heard.toSorted(),
    );
    expect(candidates.map(({ knownFrom }) => knownFrom)).toEqual(heard.map(() => ['interview']));
    // Of an account that met it, they too, if they allow the link; the other variant is another matter.
    const ofAccount = async (accountRef: string, ...scopes: string[]): Promise<string> => {
      const person = await aPerson(app, { accountRef });
      const consent = aConsent({ scopes: ['take_part', ...scopes], givenAt: at(69) });
      await app.ok('post', `/v1/participants/${person}/consents`, consent);
      return person;
    };
    const known = await ofAccount('acme', 'recontact', 'link_to_behaviour');
    await ofAccount('acme', 'recontact');
    await ofAccount('acme', 'link_to_behaviour');
    await ofAccount('control inc', 'recontact', 'link_to_behaviour');
    const identified = (n: number, id: string) => ({
      id: `a-is-${n}`,
      type: 'identify',
      from: { kind: 'visitor', id: `a-${n}` },
      to: { kind: 'account', id },
      occurredAt: at(90),
    });
    const events = [identified(1, 'acme'), identified(2, 'control inc')];
    const { body: taken } = await app.ok('post', '/v1/events', { events });
    expect(taken.results).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }]);
    const { body: more } = await app.ok('get', `${LUCKY}/follow-ups/${id}/candidates`);
    const added = (more.data as typeof candidates).filter(
      ({ participantId }) => !heard.includes(participantId),
    );
    expect(added).toEqual([
      { participantId: known, pseudonym: expect.any(String) as string, knownFrom: ['account'] },
    ]);
    // What was said is judged with the same numbers: one more reason stands beside the verdict.
    const { body: learning } = await app.ok('get', `${LUCKY}/learning`);
    expect(learning.variants[0]).toMatchObject({ outcome: 'lucky_win', from: 'people' });
    expect(learning.variants[0].reasons.at(-1)).toBe(
      'Of 3 people who had met the change, 0 described the reason without being asked and 0 contradicted it.',
    );
  });

  it('is closed with a reason, once', async () => {
    const { body } = await app.ok('get', `${LUCKY}/follow-ups`);
    const path = `${LUCKY}/follow-ups/${body.data[1].id}/close`;
    const reason = { reason: 'It stays unexplained.' };
    const closed = await app.ok('post', path, reason);
    expect(closed.body).toMatchObject({ state: 'closed', closeReason: 'It stays unexplained.' });
    const again = await app.send('post', path, reason);
    expect([again.status, again.body.code]).toEqual([409, 'already-closed']);
    const elsewhere = await app.send('post', path.replace('total-first', 'total-again'), reason);
    expect(elsewhere.status).toBe(404);
    expect(JSON.stringify(await timelineOf(LUCKY, 'close_follow_up'))).not.toContain('unexplained');
  });

  it('a refuted reason contests its claim, and who builds on it is told', async () => {
    await app.ok(
      'post',
      `${REFUTED}/decide`,
      await decisionBody(app, 'total-again', {
        action: 'stop',
        reason: 'nothing came of it',
        links: [
          { ...TO_PEOPLE, verdict: 'broken', note: 'Nobody could say the total.' },
          { ...TO_CHECKOUT, verdict: 'not_measured' },
          { from: 'metric:checkout-start', to: 'metric:profit', verdict: 'not_measured' },
        ],
      }),
    );
    const { body: learning } = await app.ok('get', `${REFUTED}/learning`);
    expect(learning.variants).toMatchObject([
      {
        metric: 'no_detectable_change',
        mechanism: 'not_supported',
        outcome: 'refuted',
        insights: [{ insightId, effect: 'contested' }],
      },
    ]);
    const { body: insight } = await app.ok('get', `/v1/insights/${insightId}`);
    expect(insight).toMatchObject({
      state: 'contested',
      stateCode: 'refuted_by_experiment',
      trackRecord: [
        { experiment: 'total-first', effect: 'none' },
        { experiment: 'total-again', metric: 'no_detectable_change', effect: 'contested' },
      ],
    });
    const { body: strength } = await app.ok('get', `/v1/insights/${insightId}/strength`);
    expect(JSON.stringify(strength)).toContain('An earlier test refuted the mechanism.');

    // The draft is told; the test that is over is not.
    expect(await notices('insight_contested')).toMatchObject([
      { experimentKey: 'waiting', subject: insightId, facts: { experimentKey: 'total-again' } },
    ]);
    expect(await timelineOf('/v1/experiments/waiting', 'insight_contested')).toHaveLength(1);
    const checked = await app.ok('post', '/v1/experiments/check?gate=launch', {
      experiment: 'waiting',
    });
    expect(JSON.stringify(checked.body.warnings)).toContain('INSIGHT_CONTESTED');
  });

  it('is told again when a re-read revises the verdict, and nothing that was learned is lost', async () => {
    const { id: projectId } = (await app.ok('get', '/v1/project')).body;
    const decisions = await app.ok('get', `${REFUTED}/decisions`);
    const seenLater = await app.ok('get', `${LUCKY}/evaluations/latest`);
    const at = await productNow(app);
    const writer = app.app.get(LearningWriter, { strict: false });
    const experiments = app.app.get(ExperimentsReader, { strict: false });
    await app.app.get(Transactions, { strict: false }).run(async (manager) => {
      await writer.revised(manager, {
        experiment: await experiments.launched(projectId as string, 'total-again', manager),
        decisionId: decisions.body.data[0].id as string,
        rereadId: randomUUID(),
        result: seenLater.body as EvaluationResult,
        now: at,
      });
    });
    const { body: learning } = await app.ok('get', `${REFUTED}/learning`);
    // The links are those that people judged when they decided.
    expect(learning.variants).toMatchObject([
      { metric: 'better', mechanism: 'not_supported', outcome: 'lucky_win', from: 'reread' },
    ]);
    const { body: insight } = await app.ok('get', `/v1/insights/${insightId}`);
    expect([insight.state, insight.stateCode]).toEqual(['asserted', undefined]);
    expect((await notices('insight_contested'))[0]?.endedAt).toBeDefined();
    const again = await timelineOf('/v1/experiments/waiting', 'insight_no_longer_contested');
    expect(again).toHaveLength(1);
    const learned = await timelineOf(REFUTED, 'learn');
    const said = [{ facts: { outcome: 'refuted' } }, { facts: { outcome: 'lucky_win' } }];
    expect(learned).toMatchObject(said);
    await expect(app.sql('UPDATE learned SET metric = metric')).rejects.toThrow();
  });

  it('what a line of experiments inherits is looked at too', async () => {
    await app.sql(
      `UPDATE experiment SET definition = jsonb_set(jsonb_set(definition,
         '{rationale,chain,2,basis}', '"experiment"'), '{rationale,chain,2,support}', '["total-first"]')
       WHERE key = 'total-again'`,
    );
    const { body } = await app.ok('post', '/v1/experiments/check?gate=create', {
      key: 'once-more',
      name: 'Once more',
      iterationOf: 'total-again',
      rationale: { because: { change: { text: 'We say it in words', assumption: true } } },
    });
    const unmet = (body.unmet as { code: string; subjects: string[] }[]).filter(
      ({ code }) => code === 'LUCKY_WIN_CITED',
    );
    expect(unmet).toMatchObject([{ subjects: ['total-first'] }]);
  });
});
