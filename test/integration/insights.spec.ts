import { anotherProject } from '../support/another-project.js';
import {
  aCitedQuote,
  anInsight,
  anotherMember,
  aStudy,
  type Talk,
  talkWith,
} from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NOWHERE = '01a20000-0000-7000-8000-000000000000';
const WORDS = 'I could not tell what I would pay in the end';

describe('insights and their evidence', () => {
  let app: TestApp;
  let foreignKey: string;

  beforeAll(async () => {
    app = await startTestApp();
    foreignKey = (await anotherProject(app, 'other')).secret;
  });
  afterAll(() => app.close());

  const codesOf = (answer: { body: { errors?: { pointer: string; code: string }[] } }) =>
    (answer.body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);

  const heard = (pseudonym: string, studyId?: string): Promise<Talk> =>
    talkWith(app, {
      pseudonym,
      ...(studyId === undefined ? {} : { studyId }),
      turns: [{ asks: 'What did you look for?', says: `Well. ${WORDS}. That is all.` }],
    });

  it('a claim keeps the job, the forces and the way people switched', async () => {
    const { interviewId } = await heard('Visitor A');
    const quoteId = await aCitedQuote(app, await anInsight(app), interviewId, { text: WORDS });
    const claim = {
      statement: 'People fear a surprise on the last screen',
      audience: { populations: ['lead'], stages: ['pricing'], segment: 'small teams' },
      job: 'Tell finance what it will cost',
      forces: { push: 'A bill they could not explain', anxiety: 'Fees that show up late' },
      firedSolution: 'A spreadsheet',
      firingTrigger: 'The sum was wrong once',
      nextJob: 'Compare it with last year',
      switchTimeline: [
        { moment: 'first_thought', at: '2026-01-05', what: 'The bill came', quoteIds: [quoteId] },
        { moment: 'deciding', at: '2026-02-01T10:00:00Z', what: 'They asked three vendors' },
        { moment: 'ongoing', what: 'Nobody remembers when' },
      ],
      reviewBy: '2027-01-01T00:00:00.000Z',
      tags: ['price'],
    };
    const made = await app.ok('post', '/v1/insights', claim);
    expect(made.body).toMatchObject({ ...claim, state: 'asserted' });
    const shown = await app.ok('get', `/v1/insights/${made.body.id}`);
    expect(shown.body).toEqual({
      ...made.body,
      evidence: [],
      blind: false,
      readings: [],
      trackRecord: [],
    });
  });

  it.each([
    [
      'a day that is none',
      { switchTimeline: [{ moment: 'deciding', at: '2026-02-30', what: 'x' }] },
      '/switchTimeline/0/at invalid-timestamp',
    ],
    [
      'a quote nobody made',
      { switchTimeline: [{ moment: 'deciding', what: 'x', quoteIds: [NOWHERE] }] },
      '/switchTimeline/0/quoteIds/0 unknown-quote',
    ],
    [
      'a quote that is no id',
      { switchTimeline: [{ moment: 'deciding', what: 'x', quoteIds: ['no'] }] },
      '/switchTimeline/0/quoteIds/0 unknown-quote',
    ],
    [
      'a moment nobody knows',
      { switchTimeline: [{ moment: 'never', what: 'x' }] },
      '/switchTimeline/0/moment not-in-set',
    ],
    ['a force nobody knows', { forces: { luck: 'x' } }, '/forces/luck unknown-member'],
    ['a review by no instant', { reviewBy: 'soon' }, '/reviewBy invalid-timestamp'],
  ])('a claim is refused with %s', async (_, changes, code) => {
    const refused = await app.send('post', '/v1/insights', {
      statement: 'People leave',
      audience: { populations: ['lead'] },
      ...changes,
    });
    expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
  });

  describe('the search', () => {
    let studyId: string;
    const ids: Record<string, string> = {};

    const found = async (query: string): Promise<string[]> => {
      const { body } = await app.ok('get', `/v1/insights?limit=200&${query}`);
      const all = (body.data as { id: string }[]).map(({ id }) => id);
      return Object.keys(ids).filter((name) => all.includes(ids[name] ?? ''));
    };

    beforeAll(async () => {
      studyId = await aStudy(app);
      ids['statement'] = await anInsight(app, { statement: 'Zebra crossings slow them down' });
      ids['job'] = await anInsight(app, { job: 'Cross at the ZEBRA' });
      ids['tag'] = await anInsight(app, { tags: ['Zebra', 'road'] });
      ids['other'] = await anInsight(app, { statement: 'Fords are wet' });
      const { interviewId } = await heard('Walker A', studyId);
      await aCitedQuote(app, ids['job'], interviewId, { text: WORDS });
      await app.ok('post', `/v1/insights/${ids['other']}/evidence`, {
        interviewId,
        disposition: 'asked_not_mentioned',
      });
    });

    it('finds words of the statement, the job and the tags, whatever their case', async () => {
      expect(await found('text=zEBRa')).toEqual(['statement', 'job', 'tag']);
      expect(await found('text=100%25')).toEqual([]);
    });

    it('finds one tag, and what a study bears on, together with words', async () => {
      expect(await found('tag=road')).toEqual(['tag']);
      expect(await found(`studyId=${studyId}`)).toEqual(['job', 'other']);
      expect(await found(`studyId=${studyId}&text=zebra`)).toEqual(['job']);
      expect(await found(`studyId=${NOWHERE}`)).toEqual([]);
      expect((await app.send('get', '/v1/insights?studyId=none')).status).toBe(422);
    });

    it('finds nothing of another project', async () => {
      const { body } = await app.ok(
        'get',
        `/v1/insights?studyId=${studyId}`,
        undefined,
        foreignKey,
      );
      expect(body.data).toEqual([]);
    });
  });

  describe('the state of a claim', () => {
    it('says why, and which claim says it better; the words stay', async () => {
      const [old, better] = [await anInsight(app), await anInsight(app)];
      const path = `/v1/insights/${old}/state`;
      const contested = await app.ok('put', path, { state: 'contested', reason: 'Two disagree' });
      expect(contested.body).toMatchObject({ state: 'contested', stateReason: 'Two disagree' });
      const superseded = await app.ok('put', path, {
        state: 'superseded',
        reason: 'Said better',
        supersededBy: better,
      });
      expect(superseded.body).toMatchObject({ state: 'superseded', supersededBy: better });
      const refused = await app.send('put', `/v1/insights/${old}`, { statement: 'Another' });
      expect([404, 405]).toContain(refused.status);
      const back = await app.ok('put', path, { state: 'asserted', reason: 'It was right' });
      expect(back.body.supersededBy).toBeUndefined();
    });

    it('is refused where the successor does not fit', async () => {
      const [one, two] = [await anInsight(app), await anInsight(app)];
      const path = `/v1/insights/${one}/state`;
      const reason = 'because';
      const cases: [object, string][] = [
        [{ state: 'superseded', reason }, '/supersededBy successor-missing'],
        [{ state: 'retired', reason, supersededBy: two }, '/supersededBy not-superseded'],
        [{ state: 'superseded', reason, supersededBy: one }, '/supersededBy own-successor'],
        [{ state: 'superseded', reason, supersededBy: NOWHERE }, '/supersededBy unknown-insight'],
        [{ state: 'better', reason }, '/state not-in-set'],
      ];
      for (const [body, code] of cases) {
        const refused = await app.send('put', path, body);
        expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
      }
      await app.ok('put', `/v1/insights/${two}/state`, { state: 'retired', reason });
      const gone = await app.send('put', path, { state: 'superseded', reason, supersededBy: two });
      expect(codesOf(gone)).toEqual(['/supersededBy not-standing']);
    });

    it('of two that supersede each other at once, one stands', async () => {
      for (let round = 0; round < 5; round += 1) {
        const [one, two] = [await anInsight(app), await anInsight(app)];
        const supersede = (id: string, supersededBy: string) =>
          app.send('put', `/v1/insights/${id}/state`, {
            state: 'superseded',
            reason: 'Said better',
            supersededBy,
          });
        const answers = await Promise.all([supersede(one, two), supersede(two, one)]);
        expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
      }
    });

    it('is not there for another project', async () => {
      const path = `/v1/insights/${await anInsight(app)}/state`;
      const body = { state: 'retired', reason: 'x' };
      expect((await app.send('put', path, body, foreignKey)).status).toBe(404);
    });
  });

  describe('the strength of a claim', () => {
    interface Concern {
      component: string;
      rating: string;
      facts: Record<string, unknown>;
    }

    it('is eleven concerns with facts, and the steps to a label', async () => {
      const insightId = await anInsight(app);
      for (const name of ['Voice 1', 'Voice 2', 'Voice 3']) {
        const text = `The end of it puzzled me and my colleague ${name} as well`;
        const { interviewId } = await talkWith(app, { pseudonym: name, turns: [{ says: text }] });
        await aCitedQuote(app, insightId, interviewId, { text });
      }
      const { body } = await app.ok('get', `/v1/insights/${insightId}/strength`);
      const components = body.components as Concern[];
      expect(components).toHaveLength(11);
      const of = (name: string) => components.find(({ component }) => component === name);
      expect(of('people')?.facts).toMatchObject({ supporting: 3, asked: 3, accounts: null });
      expect(of('coherence')).toMatchObject({
        rating: expect.any(String),
        facts: { supports: 3, contradicts: 0 },
      });
      expect(of('reliability')?.facts).toMatchObject({ readers: 1, alpha: null });
      expect(body.steps[0]).toEqual({ because: 'start', by: [], label: 'high' });
      expect(body.steps.at(-1).label).toBe(body.label);
      // 1 - 0.8^3, and 1 - 0.05^(1/3).
      expect(body.smallN.asked).toBe(3);
      expect(body.smallN.heardChance).toBeCloseTo(0.488, 12);
      expect(body.smallN.dissentBound).toBeCloseTo(0.631_596_850_2, 9);
    });

    it('says why nothing can be said while nobody was asked', async () => {
      const { body } = await app.ok('get', `/v1/insights/${await anInsight(app)}/strength`);
      expect(body.label).toBe('very_low');
      expect(body.vetoes).toContain('no_live_first_hand');
      expect(body.smallN).toEqual({
        notComputed: { reason: 'too-few', detail: expect.any(String) },
      });
    });

    it('is not shown to who reads blind, nor to another project', async () => {
      const insightId = await anInsight(app);
      const { interviewId } = await heard('Voice 4');
      await aCitedQuote(app, insightId, interviewId, { text: WORDS });
      const second = await anotherMember(app, 'Blind reader');
      const path = `/v1/insights/${insightId}`;
      await app.ok('get', `${path}/reading`, undefined, second.key);
      const refused = await app.send('get', `${path}/strength`, undefined, second.key);
      expect([refused.status, refused.body.code]).toEqual([409, 'reading-open']);
      expect((await app.send('get', `${path}/strength`, undefined, foreignKey)).status).toBe(404);
    });
  });

  describe('evidence', () => {
    it('is attached in one request and replaced by a later one', async () => {
      const insightId = await anInsight(app);
      const path = `/v1/insights/${insightId}/evidence`;
      const [one, two] = [await heard('Person 1'), await heard('Person 2')];
      const quotes: string[] = [];
      for (const { interviewId } of [one, two]) {
        const made = await app.ok('post', `/v1/interviews/${interviewId}/quotes`, { text: WORDS });
        quotes.push(made.body.id as string);
      }
      const first = await app.ok('post', path, {
        evidence: [
          { quoteId: quotes[0], disposition: 'supports' },
          { quoteId: quotes[1]?.toUpperCase(), disposition: 'contradicts', response: 'Only once' },
          { interviewId: one.interviewId, disposition: 'asked_not_mentioned' },
          { interviewId: two.interviewId, disposition: 'excluded', reason: 'another_topic' },
        ],
      });
      expect(first.body.evidence).toHaveLength(4);
      const second = await app.ok('post', path, { quoteId: quotes[0], disposition: 'qualifies' });
      expect(second.body.evidence).toHaveLength(4);
      expect(
        (second.body.evidence as { quoteId?: string; disposition: string }[]).find(
          ({ quoteId }) => quoteId === quotes[0],
        )?.disposition,
      ).toBe('qualifies');
    });

    it('leaves an interview out for a reason of the closed list only, and names the list', async () => {
      const { interviewId } = await heard('Person 3');
      const path = `/v1/insights/${await anInsight(app)}/evidence`;
      for (const reason of [undefined, 'he was rude']) {
        const refused = await app.send('post', path, {
          interviewId,
          disposition: 'excluded',
          ...(reason === undefined ? {} : { reason }),
        });
        expect([refused.status, codesOf(refused)]).toEqual([422, ['/reason exclusion-reason']]);
        expect(refused.body.errors[0].detail).toContain('recording_failed');
      }
    });

    it('is refused where two entries are about one thing, or about nothing', async () => {
      const { interviewId } = await heard('Person 4');
      const refused = await app.send('post', `/v1/insights/${await anInsight(app)}/evidence`, {
        evidence: [
          { interviewId, disposition: 'unread' },
          { interviewId: interviewId.toUpperCase(), disposition: 'supports' },
          { interviewId: NOWHERE, disposition: 'supports' },
          { quoteId: NOWHERE, disposition: 'supports' },
          { disposition: 'supports' },
        ],
      });
      expect([refused.status, codesOf(refused)]).toEqual([
        422,
        [
          '/evidence/1 duplicate-entry',
          '/evidence/2/interviewId unknown-interview',
          '/evidence/3/quoteId unknown-quote',
          '/evidence/4 quote-or-interview',
        ],
      ]);
    });

    it('of ten who attach the same at once, one entry is left', async () => {
      const insightId = await anInsight(app);
      const talks = [await heard('Person 5'), await heard('Person 6')];
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          app.send('post', `/v1/insights/${insightId}/evidence`, {
            evidence: (index % 2 === 0 ? talks : talks.toReversed()).map(({ interviewId }) => ({
              interviewId,
              disposition: index % 2 === 0 ? 'supports' : 'qualifies',
            })),
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
      const { body } = await app.ok('get', `/v1/insights/${insightId}`);
      expect(body.evidence).toHaveLength(2);
    });

    it('of another project cannot be attached', async () => {
      const { interviewId } = await heard('Person 7');
      const made = await app.ok(
        'post',
        '/v1/insights',
        { statement: 'Theirs', audience: { populations: ['lead'] } },
        foreignKey,
      );
      const refused = await app.send(
        'post',
        `/v1/insights/${made.body.id}/evidence`,
        { interviewId, disposition: 'supports' },
        foreignKey,
      );
      expect([refused.status, codesOf(refused)]).toEqual([422, ['/interviewId unknown-interview']]);
    });
  });
});
