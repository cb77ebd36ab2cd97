import { anotherProject } from '../support/another-project.js';
import { declareMetrics } from '../support/story.js';
import { aCitedQuote, anInsight, aStudy, talkWith } from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NOWHERE = '01a20000-0000-7000-8000-000000000000';

describe('questions and studies', () => {
  let app: TestApp;
  let foreignKey: string;

  beforeAll(async () => {
    app = await startTestApp();
    foreignKey = (await anotherProject(app, 'other')).secret;
  });
  afterAll(() => app.close());

  const codesOf = (answer: { body: { errors?: { pointer: string; code: string }[] } }) =>
    (answer.body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

  describe('a question', () => {
    it('keeps what the number looked like, and is open', async () => {
      await declareMetrics(app);
      const signal = {
        metricKey: 'checkout-start',
        observation: 'Checkout starts alternate with zero since Monday',
        window: 'last week',
        kind: 'web_analytics',
        reading: 'collection_error',
        since: '2026-03-02T00:00:00Z',
        selfReported: false,
      };
      const made = await app.ok('post', '/v1/questions', { text: 'Why?', signal, tags: ['odd'] });
      const shown = await app.ok('get', `/v1/questions/${made.body.id}`);
      expect(shown.body).toEqual({
        id: made.body.id,
        text: 'Why?',
        signal,
        tags: ['odd'],
        state: 'open',
        stateChangedAt: shown.body.createdAt,
        createdAt: expect.any(String),
      });
    });

    it('is refused when its signal is of a metric nobody declared', async () => {
      const signal = { metricKey: 'no-such', observation: 'It fell' };
      const refused = await app.send('post', '/v1/questions', { text: 'Why?', signal });
      expect([refused.status, refused.body.code]).toEqual([422, 'unknown-metric']);
      expect(codesOf(refused)).toEqual(['/signal/metricKey unknown-metric']);
    });

    it.each([
      ['a kind nobody knows', { observation: 'x', kind: 'rumour' }, '/signal/kind not-in-set'],
      [
        'a reading nobody knows',
        { observation: 'x', reading: 'bad' },
        '/signal/reading not-in-set',
      ],
      [
        'a time without a zone',
        { observation: 'x', since: '2026-03-02' },
        '/signal/since invalid-timestamp',
      ],
    ])('is refused with %s', async (_, signal, code) => {
      const refused = await app.send('post', '/v1/questions', { text: 'Why?', signal });
      expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
    });

    it('is answered with an answer only, and open again without one', async () => {
      const { body: question } = await app.ok('post', '/v1/questions', { text: 'Why?' });
      const path = `/v1/questions/${question.id}/state`;
      const silent = await app.send('put', path, { state: 'answered', answer: '  ' });
      expect([silent.status, codesOf(silent)]).toEqual([422, ['/answer answer-missing']]);
      const early = await app.send('put', path, { state: 'asked', answer: 'The form' });
      expect([early.status, codesOf(early)]).toEqual([422, ['/answer not-answered']]);

      const answered = await app.ok('put', path, { state: 'answered', answer: 'The form' });
      expect([answered.body.state, answered.body.answer]).toEqual(['answered', 'The form']);
      const again = await app.ok('put', path, { state: 'answered', answer: 'The form' });
      expect(again.body).toEqual(answered.body);
      const reopened = await app.ok('put', path, { state: 'reopened' });
      expect(reopened.body.answer).toBeUndefined();
      const audit = await app.sql(
        `SELECT audit_entry.action FROM audit_entry WHERE audit_entry.object_id = $1
         ORDER BY audit_entry.seq`,
        [question.id],
      );
      expect(audit.map(({ action }) => action)).toEqual([
        'question.create',
        'question.stand',
        'question.stand',
      ]);
    });

    it('of ten who answer at once, each answer is whole and the last one stands', async () => {
      const { body: question } = await app.ok('post', '/v1/questions', { text: 'Why?' });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          app.send('put', `/v1/questions/${question.id}/state`, {
            state: 'answered',
            answer: `Answer ${index}`,
          }),
        ),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      const shown = await app.ok('get', `/v1/questions/${question.id}`);
      expect(answers.map(({ body }) => body.answer)).toContain(shown.body.answer);
    });
  });

  it('nothing of another project is there', async () => {
    const { body: question } = await app.ok('post', '/v1/questions', { text: 'Why?' });
    const studyId = await aStudy(app);
    const calls = [
      ['get', `/v1/questions/${question.id}`, undefined],
      ['put', `/v1/questions/${question.id}/state`, { state: 'asked' }],
      ['get', `/v1/studies/${studyId}`, undefined],
      ['get', `/v1/studies/${studyId}/coverage`, undefined],
      ['get', `/v1/studies/${studyId}/saturation`, undefined],
      ['get', `/v1/studies/${studyId}/ledger`, undefined],
      ['put', `/v1/studies/${studyId}/ledger`, { acceptProposals: true }],
    ] as const;
    for (const [method, path, body] of calls) {
      const foreign = await app.send(method, path, body, foreignKey);
      expect([method, path, foreign.status]).toEqual([method, path, 404]);
    }
    const foreignStudy = await app.send(
      'post',
      '/v1/studies',
      {
        name: 'x',
        method: 'interview',
        population: 'lead',
        plannedInterviews: 1,
        questionId: question.id,
      },
      foreignKey,
    );
    expect(foreignStudy.status).toBe(422);
  });

  describe('a study', () => {
    it('takes from its template what the body leaves out', async () => {
      const templates = await app.ok('get', '/v1/study-templates');
      const template = templates.body.data.find(({ key }: { key: string }) => key === 'churn');
      expect(template.guideQuestions.length).toBeGreaterThan(4);
      const made = await app.ok('post', '/v1/studies', {
        name: 'Who left this spring',
        template: 'churn',
        plannedInterviews: 12,
      });
      expect(made.body).toMatchObject({
        template: 'churn',
        method: template.method,
        population: 'ex_customer',
        plannedInterviews: 12,
        anchorEvent: template.anchorEvent.event,
        stoppingRule: template.stoppingRule,
        guideQuestions: template.guideQuestions,
        peoplePlan: template.peoplePlan,
      });
      const shown = await app.ok('get', `/v1/studies/${made.body.id}`);
      expect(shown.body).toEqual(made.body);
    });

    it('every template makes a study', async () => {
      const { body } = await app.ok('get', '/v1/study-templates');
      for (const { key } of body.data as { key: string }[]) {
        const made = await app.ok('post', '/v1/studies', { name: key, template: key });
        expect(made.body).toMatchObject({ template: key, plannedInterviews: expect.any(Number) });
      }
      expect(body.data.length).toBeGreaterThanOrEqual(6);
    });

    it('keeps its own guide and plan when it has no template', async () => {
      const own = {
        guideQuestions: [{ type: 'story', text: 'What happened last time?' }],
        peoplePlan: [{ population: 'lead', stage: 'pricing', buyingRole: 'decider', count: 2 }],
        stoppingRule: 'When two talks bring nothing new',
      };
      const studyId = await aStudy(app, own);
      expect((await app.ok('get', `/v1/studies/${studyId}`)).body).toMatchObject(own);
    });

    it.each([
      [
        'no template and nothing else',
        { name: 'x' },
        [
          '/method required-without-template',
          '/population required-without-template',
          '/plannedInterviews required-without-template',
        ],
      ],
      ['a template nobody has', { name: 'x', template: 'magic' }, ['/template not-in-set']],
      [
        'a question type nobody knows',
        { name: 'x', template: 'churn', guideQuestions: [{ type: 'trick', text: 'y' }] },
        ['/guideQuestions/0/type not-in-set'],
      ],
      [
        'nobody to hear',
        { name: 'x', template: 'churn', peoplePlan: [{ population: 'lead', count: 0 }] },
        ['/peoplePlan/0/count min'],
      ],
    ])('is refused with %s', async (_, body, codes) => {
      const refused = await app.send('post', '/v1/studies', body);
      expect([refused.status, codesOf(refused)]).toEqual([422, codes]);
    });

    it('does not exist under an id that is none', async () => {
      for (const id of [NOWHERE, 'none']) {
        expect((await app.send('get', `/v1/studies/${id}`)).status).toBe(404);
        expect((await app.send('get', `/v1/studies/${id}/coverage`)).status).toBe(404);
      }
    });
  });

  describe('coverage', () => {
    let it_: TestApp;

    beforeAll(async () => {
      it_ = await startTestApp();
      await it_.sql(`UPDATE project SET stages = '["landing", "pricing", "checkout"]'`);
    });
    afterAll(() => it_.close());

    it('counts people and not talks, and says whom to ask next', async () => {
      const studyId = await aStudy(it_, {
        peoplePlan: [
          { population: 'lead', stage: 'pricing', count: 2 },
          { population: 'customer', stage: 'checkout', buyingRole: 'decider', count: 1 },
        ],
      });
      const speaksFor = [{ population: 'lead', stage: 'pricing' }];
      const first = await talkWith(it_, { pseudonym: 'Visitor A', studyId, speaksFor });
      const { participantId } = first;
      await talkWith(it_, { pseudonym: 'Visitor A', studyId, speaksFor, participantId });
      const synthetic = { pseudonym: 'Model', kind: 'synthetic' as const, studyId };
      await talkWith(it_, { ...synthetic, speaksFor: [{ population: 'lead', stage: 'checkout' }] });
      await talkWith(it_, { pseudonym: 'Planned only', studyId, turns: [] });

      const { body } = await it_.ok('get', `/v1/studies/${studyId}/coverage`);
      expect(body.interviews).toBe(3);
      expect(body.stages).toEqual([
        { stage: 'landing', planned: 0, heard: 0, missing: 0 },
        { stage: 'pricing', planned: 2, heard: 1, missing: 1 },
        { stage: 'checkout', planned: 1, heard: 0, missing: 1 },
      ]);
      expect(body.unheardStages).toEqual(['landing', 'checkout']);
      expect(body.buyingRoles).toEqual([
        { buyingRole: 'decider', planned: 1, heard: 0, missing: 1 },
      ]);
      expect(body.next).toMatchObject({
        population: 'customer',
        stage: 'checkout',
        buyingRole: 'decider',
      });
    });

    it('of the project looks at all talks and all plans', async () => {
      const before = (await it_.ok('get', '/v1/coverage')).body;
      await talkWith(it_, {
        pseudonym: 'Buyer B',
        population: 'customer',
        buyingRoles: ['decider'],
        speaksFor: [{ population: 'customer', stage: 'checkout' }],
      });
      const { body } = await it_.ok('get', '/v1/coverage');
      expect(body.interviews).toBe(before.interviews + 1);
      expect(body.unheardStages).toEqual(['landing']);
      expect(body.buyingRoles).toEqual([
        { buyingRole: 'decider', planned: 1, heard: 1, missing: 0 },
      ]);
    });

    it('where accounts buy, every part in the purchase is somebody to hear', async () => {
      await it_.sql(`UPDATE project SET market = 'b2b'`);
      const { body } = await it_.ok('get', '/v1/coverage');
      expect(body.unheardRoles).toContain('initiator');
      expect(body.unheardRoles).not.toContain('decider');
      await it_.sql(`UPDATE project SET market = 'b2c'`);
    });
  });

  describe('saturation', () => {
    const says = (index: number): string => `I was surprised number ${index} when the fee came up`;

    it('is computed over the coded talks in the order they ended', async () => {
      const studyId = await aStudy(app);
      const insightId = await anInsight(app);
      const codes = [['a', 'b'], ['b', 'c'], ['a', 'd'], ['c', 'd'], ['a'], ['b'], ['d']];
      for (const [index, names] of codes.entries()) {
        const { interviewId } = await talkWith(app, {
          pseudonym: `Coded ${index}`,
          studyId,
          turns: [{ asks: 'What happened?', says: says(index) }],
          endedDaysAgo: 30 - index,
        });
        await aCitedQuote(app, insightId, interviewId, { text: says(index), codes: names });
      }
      await talkWith(app, { pseudonym: 'Uncoded', studyId });
      const { body } = await app.ok('get', `/v1/studies/${studyId}/saturation`);
      expect(body).toMatchObject({ interviews: 7, uncoded: 1, advice: 'stop' });
      // The first four hold all four codes (a, b, c, d): nothing new after them.
      expect(body.fine.codes).toBe(4);
      expect(body.fine.rules[0]).toMatchObject({ run: 2, threshold: 0.05, after: 4 });
      expect(body.fine.discovery.map(({ found }: { found: number }) => found)).toEqual([
        2, 3, 4, 4, 4, 4, 4,
      ]);
      expect((await app.ok('get', `/v1/studies/${studyId}/saturation`)).body).toEqual(body);
    });

    it('says why when there are too few coded talks', async () => {
      const { body } = await app.ok('get', `/v1/studies/${await aStudy(app)}/saturation`);
      expect(body).toEqual({
        interviews: 0,
        uncoded: 0,
        notComputed: { reason: 'too-few', detail: expect.any(String) },
      });
    });
  });
});
