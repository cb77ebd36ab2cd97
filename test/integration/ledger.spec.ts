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
const SAID = 'I could not tell the total until the very last screen';
const ABOUT_PRICE = 'When did you know the total price before paying?';
const ABOUT_COLOUR = 'Which colour do you like on that button over there?';

interface Cell {
  interviewId: string;
  insightId: string;
  disposition: string;
  source: string;
  open?: string;
  reason?: string;
  readerId?: string;
  quotesSay?: string;
}

/** Every completed interview of a study, by every insight it bears on. */
describe('the ledger of a study', () => {
  let app: TestApp;
  let studyId: string;
  let insightId: string;
  let quoted: Talk;
  let asked: Talk;
  let notAsked: Talk;
  let wordless: Talk;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    studyId = await aStudy(app);
    insightId = await anInsight(app);
    const name = (part: string) => ({ pseudonym: `${part} of ${studyId}`, studyId });
    quoted = await talkWith(app, {
      ...name('Quoted'),
      turns: [{ asks: ABOUT_PRICE, says: `Well. ${SAID}.` }],
      endedDaysAgo: 12,
    });
    asked = await talkWith(app, {
      ...name('Asked'),
      turns: [{ asks: ABOUT_PRICE, says: 'That was no matter to me at all' }],
      endedDaysAgo: 11,
    });
    notAsked = await talkWith(app, {
      ...name('Not asked'),
      turns: [{ asks: ABOUT_COLOUR, says: 'Blue, I suppose' }],
      endedDaysAgo: 10,
    });
    wordless = await talkWith(app, { ...name('Wordless'), turns: [], endedDaysAgo: 9 });
    await aCitedQuote(app, insightId, quoted.interviewId, { text: SAID });
  });

  const path = (query = '') => `/v1/studies/${studyId}/ledger${query}`;
  const cells = (answer: { body: { entries: Cell[] } }): string[][] =>
    answer.body.entries.map(({ disposition, source, open = '' }) => [disposition, source, open]);
  const codesOf = (answer: { body: { errors?: { pointer: string; code: string }[] } }) =>
    (answer.body.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
  const cellOf = (talk: Talk, rest: object) => ({
    interviewId: talk.interviewId,
    insightId,
    ...rest,
  });

  it('reads off the quotes, proposes what was not asked, and leaves the rest unread', async () => {
    await talkWith(app, { pseudonym: `Later ${studyId}`, studyId, endedDaysAgo: -2, turns: [] });
    const shown = await app.ok('get', path());
    expect(shown.body).toMatchObject({ studyId, insightIds: [insightId], complete: false });
    expect(shown.body.entries.map(({ interviewId }: Cell) => interviewId)).toEqual(
      [quoted, asked, notAsked, wordless].map(({ interviewId }) => interviewId),
    );
    expect(cells(shown)).toEqual([
      ['supports', 'quotes', ''],
      ['unread', 'questions', 'unread'],
      ['not_asked', 'questions', 'unconfirmed'],
      ['unread', 'questions', 'unread'],
    ]);
    expect(shown.body.openCells).toBe(3);
  });

  it('knows the question that the insight answers', async () => {
    const question = await app.ok('post', '/v1/questions', { text: ABOUT_COLOUR });
    const other = await anInsight(app, {
      statement: 'Nobody notices it',
      questionId: question.body.id,
    });
    const shown = await app.ok('get', path(`?insightIds=${other}`));
    expect(cells(shown).map(([disposition]) => disposition)).toEqual([
      'not_asked',
      'not_asked',
      'unread',
      'unread',
    ]);
  });

  it('confirms every proposal in one request, and never what is unread', async () => {
    const confirmed = await app.ok('put', path(), { acceptProposals: true });
    expect(cells(confirmed)).toEqual([
      ['supports', 'quotes', ''],
      ['unread', 'questions', 'unread'],
      ['not_asked', 'recorded', ''],
      ['unread', 'questions', 'unread'],
    ]);
    const whole = await app.ok('put', path(), {
      entries: [
        cellOf(asked, { disposition: 'asked_not_mentioned' }),
        cellOf(wordless, { disposition: 'excluded', reason: 'recording_failed' }),
      ],
    });
    expect(whole.body).toMatchObject({ complete: true, openCells: 0 });
    const insight = await app.ok('get', `/v1/insights/${insightId}`);
    expect(insight.body.evidence).toHaveLength(4);
  });

  it('takes back the answer of the GET as it is: proposals are confirmed, the rest stays', async () => {
    const colleague = await anotherMember(app, 'Colleague');
    await app.ok(
      'put',
      path(),
      { entries: [cellOf(asked, { disposition: 'asked_not_mentioned' })] },
      colleague.key,
    );
    const read = await app.ok('get', path());
    const sent = await app.ok('put', path(), read.body);
    expect(cells(sent)).toEqual([
      ['supports', 'quotes', ''],
      ['asked_not_mentioned', 'recorded', ''],
      ['not_asked', 'recorded', ''],
      ['unread', 'questions', 'unread'],
    ]);
    // Who recorded it stays: the second sending said nothing new about it.
    expect(sent.body.entries[1].readerId).toBe(colleague.id);
    expect((await app.ok('put', path(), sent.body)).body).toEqual(sent.body);
  });

  it('lets a person say other than the quotes, and shows both', async () => {
    const changed = await app.ok('put', path(), {
      entries: [cellOf(quoted, { disposition: 'qualifies', response: 'Only on phones' })],
    });
    expect(changed.body.entries[0]).toMatchObject({
      disposition: 'qualifies',
      response: 'Only on phones',
      source: 'recorded',
      quotesSay: 'supports',
    });
  });

  it('refuses what does not fit, all at once, and records nothing', async () => {
    const stranger = await talkWith(app, { pseudonym: `Stranger to ${studyId}` });
    const refused = await app.send('put', path(), {
      entries: [
        cellOf(stranger, { disposition: 'supports' }),
        cellOf(asked, { disposition: 'supports' }),
        cellOf(asked, { disposition: 'qualifies' }),
        cellOf(wordless, { disposition: 'excluded', reason: 'too long' }),
      ],
    });
    expect([refused.status, codesOf(refused)]).toEqual([
      422,
      [
        '/entries/0/interviewId unknown-interview',
        '/entries/2 duplicate-entry',
        '/entries/3/reason exclusion-reason',
      ],
    ]);
    expect((await app.ok('get', path())).body.openCells).toBe(3);
  });

  it('refuses insights that do not exist', async () => {
    const named = await app.send('get', path(`?insightIds=${NOWHERE}`));
    expect([named.status, codesOf(named)]).toEqual([422, ['/insightIds unknown-insight']]);
    expect((await app.send('get', path('?insightIds=none'))).status).toBe(422);
    const put = await app.send('put', path(), {
      entries: [{ ...cellOf(asked, { disposition: 'supports' }), insightId: NOWHERE }],
    });
    expect([put.status, codesOf(put)]).toEqual([422, ['/entries unknown-insight']]);
  });

  it.each([
    ['a disposition nobody knows', { disposition: 'maybe' }, '/entries/0/disposition not-in-set'],
    [
      'a member nobody knows',
      { disposition: 'supports', mood: 'good' },
      '/entries/0/mood unknown-member',
    ],
  ])('refuses %s', async (_, rest, code) => {
    const refused = await app.send('put', path(), { entries: [cellOf(asked, rest)] });
    expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
  });

  it('of two who confirm at once, both are answered and one entry is left', async () => {
    const colleague = await anotherMember(app, 'Twin');
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        app.send(
          'put',
          path(),
          { acceptProposals: true, entries: [cellOf(asked, { disposition: 'qualifies' })] },
          ...(index % 2 === 0 ? [] : [colleague.key]),
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const insight = await app.ok('get', `/v1/insights/${insightId}`);
    expect(insight.body.evidence).toHaveLength(3);
  });

  it('is closed to who reads one of the insights blind', async () => {
    const second = await anotherMember(app, 'Second reader');
    await app.ok('get', `/v1/insights/${insightId}/reading`, undefined, second.key);
    const refused = await app.send('get', path(), undefined, second.key);
    expect([refused.status, refused.body.code]).toEqual([409, 'reading-open']);
    expect(refused.body.insightIds).toEqual([insightId]);
    const put = await app.send('put', path(), { acceptProposals: true }, second.key);
    expect([put.status, put.body.code]).toEqual([409, 'reading-open']);
  });

  it('takes no insight of another project', async () => {
    const { secret } = await anotherProject(app, `other ${studyId}`);
    const theirs = await app.ok(
      'post',
      '/v1/insights',
      { statement: 'Theirs', audience: { populations: ['lead'] } },
      secret,
    );
    expect((await app.send('get', path(`?insightIds=${theirs.body.id}`))).status).toBe(422);
  });

  it('leaves an interview to be read when nothing the interviewer said can be read', async () => {
    await app.ok('post', `/v1/participants/${notAsked.participantId}/erasure`);
    const shown = await app.ok('get', path());
    expect(cells(shown)[2]).toEqual(['unread', 'questions', 'unread']);
  });
});
