import { anotherProject } from '../support/another-project.js';
import { aCitedQuote, anInsight, anotherMember, talkWith } from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NOWHERE = '01a20000-0000-7000-8000-000000000000';
const SAID = [
  'I could not tell what I would pay in the end',
  'The price was plain to me from the first page on',
  'It was clear to me, only the taxes were not shown',
  'Nobody at our office could explain the sum to us',
];
const DISPOSITIONS = ['supports', 'contradicts', 'qualifies', 'supports'];

/** Another member judges the cited passages before seeing what the first one thought. */
describe('a second reading', () => {
  let app: TestApp;
  let insightId: string;
  let quoteIds: string[];
  let second: { id: string; key: string };
  let round = 0;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  beforeEach(async () => {
    round += 1;
    insightId = await anInsight(app);
    quoteIds = [];
    for (const [index, text] of SAID.entries()) {
      const { interviewId } = await talkWith(app, {
        pseudonym: `Person ${round}.${index}`,
        turns: [{ asks: 'What did you see?', says: `Well. ${text}.` }],
      });
      const response = index === 1 ? { response: 'SECRET ANSWER' } : {};
      const disposition = DISPOSITIONS[index] ?? '';
      quoteIds.push(
        await aCitedQuote(app, insightId, interviewId, { text, disposition, ...response }),
      );
    }
    second = await anotherMember(app, `Reader ${round}`);
  });

  const open = () => app.ok('get', `/v1/insights/${insightId}/reading`, undefined, second.key);
  const give = (readings: object[], key = second.key) =>
    app.send('post', `/v1/insights/${insightId}/readings`, { readings }, key);
  const judged = (dispositions: readonly string[]) =>
    dispositions.map((disposition, index) => ({ quoteId: quoteIds[index], disposition }));

  it('shows the passages with the quoted span, and nobody’s opinion', async () => {
    const { body } = await open();
    expect(body.statement).toContain('total price');
    expect(body.passages).toHaveLength(4);
    for (const { quoteId, text, start, end } of body.passages as {
      quoteId: string;
      text: string;
      start: number;
      end: number;
    }[]) {
      expect([...text].slice(start, end).join('')).toBe(SAID[quoteIds.indexOf(quoteId)]);
    }
    const whole = JSON.stringify(body);
    for (const hidden of ['supports', 'contradicts', 'qualifies', 'SECRET ANSWER', 'reader']) {
      expect(whole).not.toContain(hidden);
    }
    const opened = await app.sql(
      `SELECT insight_reading.quote_id FROM insight_reading
       WHERE insight_reading.reader_id = $1 AND insight_reading.read_at IS NULL`,
      [second.id],
    );
    expect(opened).toHaveLength(4);
    const audit = await app.sql(
      `SELECT audit_entry.actor FROM audit_entry
       WHERE audit_entry.action = 'insight.open-reading' AND audit_entry.object_id = $1`,
      [insightId],
    );
    expect(audit).toEqual([{ actor: second.id }]);
  });

  it('blinds who has opened it until every reading is given', async () => {
    const seen = () => app.ok('get', `/v1/insights/${insightId}`, undefined, second.key);
    expect((await seen()).body).toMatchObject({ blind: false });
    await open();
    const blind = await seen();
    expect(blind.body.blind).toBe(true);
    for (const entry of blind.body.evidence as object[]) {
      expect(Object.keys(entry).toSorted()).toEqual(['id', 'quoteId', 'readAt']);
    }
    const first = await app.ok('get', `/v1/insights/${insightId}`);
    expect(first.body.blind).toBe(false);
    expect(first.body.evidence[0].disposition).toBe('supports');

    await give(judged(['supports', 'contradicts', 'qualifies']));
    expect((await seen()).body).toMatchObject({ blind: true, readings: [] });
    const shownToFirst = await app.ok('get', `/v1/insights/${insightId}`);
    expect(shownToFirst.body.readings).toHaveLength(3);
    await give([{ quoteId: quoteIds[3], disposition: 'supports' }]);
    const sighted = await seen();
    expect(sighted.body.blind).toBe(false);
    expect(sighted.body.readings).toHaveLength(4);
    expect(sighted.body.evidence[1].response).toBe('SECRET ANSWER');
  });

  it('answers both opinions side by side, and the agreement beyond chance', async () => {
    await open();
    const { body } = await give(judged(['supports', 'contradicts', 'supports', 'supports']));
    expect(
      (body.readings as { quoteId: string }[])
        .toSorted((one, other) => quoteIds.indexOf(one.quoteId) - quoteIds.indexOf(other.quoteId))
        .map((reading) => ({ ...reading, readAt: '' })),
    ).toEqual(
      ['supports', 'contradicts', 'supports', 'supports'].map((disposition, index) => ({
        quoteId: quoteIds[index],
        readerId: second.id,
        disposition,
        firstDisposition: DISPOSITIONS[index],
        agree: index !== 2,
        readAt: '',
      })),
    );
    // Values: 5 supports, 2 contradicts, 1 qualifies. Do = 2/8; De = (64 - 25 - 4 - 1) / 56 = 34/56.
    expect(body.agreement).toMatchObject({ label: 'weak', readers: 2, passages: 4 });
    expect(body.agreement.alpha).toBeCloseTo(1 - 0.25 / (34 / 56), 12);
  });

  it('says why there is no agreement to compute', async () => {
    await open();
    const { body } = await give([{ quoteId: quoteIds[0], disposition: 'supports' }]);
    expect(body.agreement).toEqual({
      notComputed: { reason: 'no-variance', detail: expect.any(String) },
    });
  });

  it('is refused to who has not opened, to the first reader, and a second time', async () => {
    const unopened = await give([{ quoteId: quoteIds[0], disposition: 'supports' }]);
    expect([unopened.status, unopened.body.code]).toEqual([409, 'not-opened']);
    expect(unopened.body.quoteIds).toEqual([quoteIds[0]]);
    await open();
    const own = await app.send('post', `/v1/insights/${insightId}/readings`, {
      readings: [{ quoteId: quoteIds[0], disposition: 'supports' }],
    });
    expect([own.status, own.body.code]).toEqual([409, 'not-a-second-reader']);
    const twice = await give([
      { quoteId: quoteIds[0], disposition: 'supports' },
      { quoteId: quoteIds[0], disposition: 'qualifies' },
    ]);
    expect([twice.status, twice.body.code]).toEqual([409, 'already-read']);
    expect((await give([{ quoteId: quoteIds[0], disposition: 'supports' }])).status).toBe(201);
    const again = await give([{ quoteId: quoteIds[0], disposition: 'qualifies' }]);
    expect([again.status, again.body.code]).toEqual([409, 'already-read']);
    expect((await open()).body.passages).toHaveLength(3);
  });

  it('gives the first reader nothing to read', async () => {
    const { body } = await app.ok('get', `/v1/insights/${insightId}/reading`);
    expect(body.passages).toEqual([]);
    expect((await app.ok('get', `/v1/insights/${insightId}`)).body.blind).toBe(false);
  });

  it('of ten readings of one passage at once, one is kept', async () => {
    await open();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        give([{ quoteId: quoteIds[0], disposition: index % 2 === 0 ? 'supports' : 'qualifies' }]),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array(9).fill(409),
    ]);
  });

  it.each([
    ['nothing', { readings: [] }],
    ['no list', {}],
    ['an opinion that is none', { readings: [{ quoteId: NOWHERE, disposition: 'unread' }] }],
    ['an id that is none', { readings: [{ quoteId: 'x', disposition: 'supports' }] }],
    ['a member nobody knows', { readings: [{ quoteId: NOWHERE, disposition: 'supports', a: 1 }] }],
  ])('is refused with %s', async (_, body) => {
    const path = `/v1/insights/${insightId}/readings`;
    const refused = await app.send('post', path, body, second.key);
    expect([refused.status, refused.body.code]).toEqual([422, 'validation-failed']);
  });

  it('is not there for another project', async () => {
    const { secret } = await anotherProject(app, `other-${round}`);
    const path = `/v1/insights/${insightId}`;
    expect((await app.send('get', `${path}/reading`, undefined, secret)).status).toBe(404);
    const readings = [{ quoteId: quoteIds[0], disposition: 'supports' }];
    expect((await app.send('post', `${path}/readings`, { readings }, secret)).status).toBe(404);
  });

  it('shows the place without the words of who asked to be forgotten', async () => {
    const [row] = await app.sql<{ participant_id: string }>(
      'SELECT quote.participant_id FROM quote WHERE quote.id = $1',
      [quoteIds[0]],
    );
    await app.ok('post', `/v1/participants/${row?.participant_id}/erasure`);
    const { body } = await open();
    const erased = (body.passages as { quoteId: string; text?: string }[]).filter(
      ({ text }) => text === undefined,
    );
    expect(erased.map(({ quoteId }) => quoteId)).toEqual([quoteIds[0]]);
  });
});
