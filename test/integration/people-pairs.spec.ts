import { anotherProject } from '../support/another-project.js';
import {
  aConsent,
  addPerson,
  aPerson,
  aStudy,
  aTalk,
  HEARD_NOW,
  timesDone,
} from '../support/heard-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const STORY =
  'On Monday evening I compared three offers at the kitchen table, and yours was the only one whose ' +
  'form asked for a telephone number before it told me any price, so I closed the page, rang my ' +
  'sister, and in the end we ordered from the shop around the corner because nobody there wanted it';
/** The same person on another day, in nearly the same words. */
const RETOLD = STORY.replace('Monday', 'Tuesday').replace('three', 'two').replace('rang', 'called');
const OTHER_STORY =
  'Our accountant found the invoice in March, asked me who had signed for six more seats, and since ' +
  'nobody remembered we went through every mail of the winter until it turned out that the trial had ' +
  'renewed itself while the whole team was away for the holidays and could not possibly have noticed';

interface FoundPair {
  id: string;
  people: { participantId: string }[];
  foundBy: string;
  likeness?: number;
  decision?: string;
}

/** One person under two names: found by the service, decided by members. */
describe('pairs of people', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(HEARD_NOW);
  });
  afterAll(() => app.close());

  const pairsOf = async (...ids: string[]) => {
    const { body } = await app.ok('get', '/v1/participants/pairs?limit=200');
    return (body.data as FoundPair[]).filter(({ people }) =>
      people.every(({ participantId }) => ids.includes(participantId)),
    );
  };
  const mergedInto = async (id: string) =>
    (await app.ok('get', `/v1/participants/${id}`)).body.mergedInto as string | undefined;
  const decide = (id: string, decision: string, reason = 'I asked them.') =>
    app.send('put', `/v1/participants/pairs/${id}`, { decision, reason });

  describe('by identity', () => {
    it('the same address or number makes a pair, however it is written', async () => {
      const identity = { email: 'Visitor@Example.com', phone: '+358 40 1234567', name: 'V. One' };
      const first = await aPerson(app, { identity });
      const byMail = await aPerson(app, { identity: { email: ' visitor@example.COM ' } });
      const byPhone = await aPerson(app, { identity: { phone: '00358 (40) 123-45-67' } });
      expect(await pairsOf(first, byMail)).toMatchObject([{ foundBy: 'identity' }]);
      expect(await pairsOf(first, byPhone)).toMatchObject([{ foundBy: 'identity' }]);
      expect(await pairsOf(byMail, byPhone)).toEqual([]);
      const { body } = await app.ok('get', `/v1/participants/${first}`);
      expect(body).toMatchObject({ undecidedPairs: 2, identityKnown: true });
      expect(JSON.stringify(body)).not.toContain('example');
    });

    it('a name, or what is no address, tells nobody apart', async () => {
      const identity = { name: 'Visitor N', email: 'unknown', phone: 'none' };
      const ids = [await aPerson(app, { identity }), await aPerson(app, { identity })];
      expect(await pairsOf(...ids)).toEqual([]);
    });

    it('both are found when they are added at the same moment', async () => {
      const identity = { email: 'twice@example.com', phone: '0401112223' };
      const ids = await Promise.all([1, 2, 3].map(() => aPerson(app, { identity })));
      expect(await pairsOf(...ids)).toHaveLength(3);
    });

    it('no other project is compared, and its digests are others', async () => {
      const { id: projectId, secret } = await anotherProject(app, 'pairs-elsewhere');
      const identity = { email: 'everywhere@example.com' };
      const [here, there] = [
        await aPerson(app, { identity }),
        await aPerson(app, { identity }, secret),
      ];
      const foreign = await app.ok('get', '/v1/participants/pairs', undefined, secret);
      expect(foreign.body.data).toEqual([]);
      const digests = await app.sql<{ digest: Buffer; project_id: string }>(
        'SELECT digest, project_id FROM participant_digest WHERE participant_id = ANY($1)',
        [[here, there]],
      );
      expect(digests).toHaveLength(2);
      expect(digests[0]!.digest).toHaveLength(32);
      expect(digests[0]!.digest.equals(digests[1]!.digest)).toBe(false);
      expect(digests.map((row) => row.project_id)).toContain(projectId);
    });
  });

  describe('by likeness', () => {
    it('nearly the same words in one study make a pair; other words do not', async () => {
      const studyId = await aStudy(app);
      const [one, other, third] = [await aPerson(app), await aPerson(app), await aPerson(app)];
      await aTalk(app, one, [STORY], { studyId });
      await aTalk(app, third, [OTHER_STORY], { studyId });
      expect(await pairsOf(one, third)).toEqual([]);
      await aTalk(app, other, [RETOLD], { studyId });
      const [pair, ...more] = await pairsOf(one, other, third);
      expect(more).toEqual([]);
      expect(pair).toMatchObject({ foundBy: 'likeness' });
      // The retelling changes three words, and with each the pair before it and the pair after it.
      const wordPairs = STORY.split(' ').length - 1;
      expect(pair?.likeness).toBeCloseTo((wordPairs - 6) / (wordPairs + 6), 10);
    });

    it('a sketch grows over interviews, is sealed, and holds no words', async () => {
      const studyId = await aStudy(app);
      const half = STORY.split(' ');
      const [one, other] = [await aPerson(app), await aPerson(app)];
      await aTalk(app, other, [half.slice(0, 20).join(' ')], { studyId });
      const before = await app.sql<{ word_count: number }>(
        'SELECT word_count FROM participant_sketch WHERE participant_id = $1',
        [other],
      );
      expect(before).toEqual([{ word_count: 20 }]);
      await aTalk(app, one, [STORY], { studyId });
      // Twenty words are too few to compare.
      expect(await pairsOf(one, other)).toEqual([]);
      await aTalk(app, other, [half.slice(20).join(' ')], { studyId });
      expect(await pairsOf(one, other)).toMatchObject([{ foundBy: 'likeness' }]);
      const [row] = await app.sql<{ sealed: Buffer }>(
        'SELECT sealed FROM participant_sketch WHERE participant_id = $1',
        [other],
      );
      expect(row!.sealed.toString('latin1')).not.toContain('kitchen');
    });

    it('somebody heard lately outside the study is compared too, also without any study', async () => {
      const [one, other] = [await aPerson(app), await aPerson(app)];
      const own = STORY.replace('Monday', 'Friday').replace('sister', 'brother');
      await aTalk(app, one, [own], { studyId: await aStudy(app) });
      await aTalk(app, other, [own]);
      expect(await pairsOf(one, other)).toMatchObject([{ foundBy: 'likeness', likeness: 1 }]);
    });

    it('a corrected transcript counts once, and what others turn out to have said leaves', async () => {
      const [one, other] = [await aPerson(app), await aPerson(app)];
      const people = [one, other].map((participantId) => ({
        participantId,
        speaksFor: [{ population: 'lead' }],
      }));
      const says = (participantId: string, text: string) => ({ speaker: 'P', participantId, text });
      const transcript = (...turns: object[]) => ({ language: 'en', producedBy: 'human', turns });
      const interview = await aTalk(app, one, [], {
        participants: people,
        transcript: transcript(says(one, 'one two three'), says(other, 'four five')),
      });
      const counts = () =>
        app.sql<{ participant_id: string; word_count: number }>(
          `SELECT participant_id, word_count FROM participant_sketch
           WHERE participant_id = ANY($1) ORDER BY participant_id`,
          [[one, other]],
        );
      expect((await counts()).map((row) => row.word_count)).toEqual([3, 2]);
      await app.ok(
        'post',
        `/v1/interviews/${interview}/transcripts`,
        transcript(says(one, 'one two three'), says(one, 'four five')),
      );
      expect(await counts()).toEqual([{ participant_id: one, word_count: 5 }]);
    });

    it('two people of one interview are compared with each other', async () => {
      const [one, other] = [await aPerson(app), await aPerson(app)];
      const speaks = (participantId: string) => ({
        participantId,
        speaksFor: [{ population: 'lead' }],
      });
      const says = (participantId: string) => ({ speaker: 'P', participantId, text: OTHER_STORY });
      await aTalk(app, one, [], {
        participants: [speaks(one), speaks(other)],
        transcript: { language: 'en', producedBy: 'human', turns: [says(one), says(other)] },
      });
      expect(await pairsOf(one, other)).toMatchObject([{ likeness: 1 }]);
    });
  });

  describe('decided by members', () => {
    const anIdentityPair = async () => {
      const identity = { email: `${Math.random()}@example.com` };
      const older = await aPerson(app, { identity });
      const younger = await aPerson(app, { identity });
      const [pair] = await pairsOf(older, younger);
      return { older, younger, id: pair!.id };
    };

    it('one person: the younger is merged into the older, and the list says so', async () => {
      const { older, younger, id } = await anIdentityPair();
      const { status, body } = await decide(id, 'same_person', 'Same voice.');
      expect(status).toBe(200);
      expect(body).toMatchObject({ id, decision: 'same_person', reason: 'Same voice.' });
      expect(body.decidedBy).toEqual(expect.any(String));
      expect(await mergedInto(younger)).toBe(older);
      expect(await mergedInto(older)).toBeUndefined();
      const undecided = await app.ok('get', '/v1/participants/pairs?state=undecided&limit=200');
      expect(JSON.stringify(undecided.body)).not.toContain(id);
      const same = await app.ok('get', '/v1/participants/pairs?state=same_person&limit=200');
      expect(JSON.stringify(same.body)).toContain(id);
    });

    it('the same decision again changes nothing; another one takes the merge back', async () => {
      const { younger, id } = await anIdentityPair();
      const first = await decide(id, 'same_person');
      const again = await decide(id, 'same_person');
      expect(again.body).toEqual(first.body);
      expect(await timesDone(app, 'participant-pair.decide', id)).toBe(1);
      expect((await decide(id, 'different_people', 'Two sisters.')).body.reason).toBe(
        'Two sisters.',
      );
      expect(await mergedInto(younger)).toBeUndefined();
      expect(await timesDone(app, 'participant-pair.decide', id)).toBe(2);
    });

    it('a chain ends at the oldest; what contradicts it is refused and changes nothing', async () => {
      const identity = { email: 'chain@example.com' };
      const a = await aPerson(app, { identity });
      const b = await aPerson(app, { identity });
      const c = await aPerson(app, { identity });
      const [[bc], [ab], [ac]] = [await pairsOf(b, c), await pairsOf(a, b), await pairsOf(a, c)];
      await decide(bc!.id, 'same_person');
      expect(await mergedInto(c)).toBe(b);
      await decide(ab!.id, 'same_person');
      expect([await mergedInto(b), await mergedInto(c)]).toEqual([a, a]);
      const refused = await decide(ac!.id, 'different_people');
      expect(refused.status).toBe(409);
      expect(refused.body).toMatchObject({ code: 'pairs-contradict', differentPair: ac!.id });
      expect((refused.body.samePairs as string[]).toSorted()).toEqual([ab!.id, bc!.id].toSorted());
      expect((await pairsOf(a, c))[0]?.decision).toBeUndefined();
      await decide(bc!.id, 'different_people');
      expect([await mergedInto(b), await mergedInto(c)]).toEqual([a, undefined]);
    });

    it('decisions taken at once leave no cycle', async () => {
      const identity = { email: 'ring@example.com' };
      const ids = [1, 2, 3, 4].map(() => '');
      for (const at of ids.keys()) ids[at] = await aPerson(app, { identity });
      const pairs = await pairsOf(...ids);
      expect(pairs).toHaveLength(6);
      const answers = await Promise.all(pairs.map(({ id }) => decide(id, 'same_person')));
      expect(answers.map(({ status }) => status)).toEqual(pairs.map(() => 200));
      const merged = await Promise.all(ids.map(mergedInto));
      expect(merged).toEqual([undefined, ids[0], ids[0], ids[0]]);
    });

    it('people known to be one are not suspected again', async () => {
      const { older, younger, id } = await anIdentityPair();
      await decide(id, 'same_person');
      const third = await aPerson(app, { identity: { email: 'third@example.com' } });
      const said = `${STORY} and this is the ending that only these three know by heart`;
      await aTalk(app, older, [said]);
      await aTalk(app, younger, [said]);
      const [pair] = await pairsOf(older, younger);
      expect(pair?.likeness).toBeUndefined();
      await aTalk(app, third, [said]);
      expect(await pairsOf(older, third)).toHaveLength(1);
    });

    it('nothing is decided about an erased person, who waits for no decision either', async () => {
      const { younger, id } = await anIdentityPair();
      await app.ok('post', `/v1/participants/${younger}/erasure`);
      const { status, body } = await decide(id, 'same_person');
      expect([status, body.code]).toEqual([409, 'participant-erased']);
      const undecided = await app.ok('get', '/v1/participants/pairs?state=undecided&limit=200');
      expect(JSON.stringify(undecided.body)).not.toContain(id);
      const all = await app.ok('get', '/v1/participants/pairs?limit=200');
      expect(JSON.stringify(all.body)).toContain(id);
    });

    it.each([
      ['no decision', { reason: 'because' }, '/decision'],
      ['an unknown decision', { decision: 'maybe', reason: 'because' }, '/decision'],
      ['no reason', { decision: 'same_person' }, '/reason'],
      ['an empty reason', { decision: 'same_person', reason: ' ' }, '/reason'],
      ['a reason that is no text', { decision: 'same_person', reason: 1 }, '/reason'],
      ['a member nobody knows', { decision: 'same_person', reason: 'x', by: 'me' }, '/by'],
    ])('%s is refused', async (_, body, pointer) => {
      const { id } = await anIdentityPair();
      const answer = await app.send('put', `/v1/participants/pairs/${id}`, body);
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body.errors)).toContain(pointer);
    });

    it('an unknown pair and one of another project are not there', async () => {
      const { id } = await anIdentityPair();
      const { secret } = await anotherProject(app, 'pairs-foreign');
      const body = { decision: 'same_person', reason: 'because' };
      for (const [path, key] of [
        [`/v1/participants/pairs/${id}`, secret],
        ['/v1/participants/pairs/01a20000-0000-7000-8000-000000000000', undefined],
        ['/v1/participants/pairs/none', undefined],
      ] as const) {
        const answer = await app.send('put', path, body, key);
        expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
      }
    });

    it('pages follow one another, and a wrong state is refused', async () => {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await app.ok('get', `/v1/participants/pairs?limit=3${cursor}`);
        expect((body.data as unknown[]).length).toBeLessThanOrEqual(3);
        seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
        cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
      } while (cursor !== '');
      const all = await app.ok('get', '/v1/participants/pairs?limit=200');
      expect(seen).toEqual((all.body.data as { id: string }[]).map(({ id }) => id));
      expect((await app.send('get', '/v1/participants/pairs?state=odd')).status).toBe(422);
    });
  });
});

describe('a person with their consent', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.moveClock(HEARD_NOW);
  });
  afterAll(() => app.close());

  it('is one request instead of two', async () => {
    const { body } = await addPerson(app, { consent: aConsent() });
    expect(body.consent).toMatchObject({ participantId: body.id, how: 'form' });
    const withdrawn = await app.ok('post', `/v1/consents/${body.consent.id}/withdraw`);
    expect(withdrawn.body.withdrawnAt).toBeDefined();
    expect(await timesDone(app, 'participant.create', body.id as string)).toBe(1);
    expect(await timesDone(app, 'consent.create', body.consent.id as string)).toBe(1);
  });

  it.each([
    ['given in the future', { givenAt: '2026-03-03T00:00:00Z' }, 'validation-failed', '/givenAt'],
    [
      'B48: kept for 50 years',
      { retainUntil: '2076-01-01T00:00:00Z' },
      'retention-too-long',
      '/retainUntil',
    ],
    [
      'kept until before it was given',
      { retainUntil: '2026-01-01T00:00:00Z' },
      'validation-failed',
      '/retainUntil',
    ],
    ['a scope nobody knows', { scopes: ['everything'] }, 'validation-failed', '/scopes'],
    [
      'no version of the notice',
      { noticeVersion: undefined },
      'validation-failed',
      '/noticeVersion',
    ],
  ])('%s is refused, in both requests, and stores nobody', async (name, changes, code, pointer) => {
    const consent = aConsent(changes);
    const body = { pseudonym: name, kind: 'human', population: 'lead' };
    const inline = await app.send('post', '/v1/participants', { ...body, consent });
    expect([inline.status, inline.body.code]).toEqual([422, code]);
    expect(inline.body.errors[0].pointer).toBe(`/consent${pointer}`);
    const { body: person } = await app.ok('post', '/v1/participants', body);
    const later = await app.send('post', `/v1/participants/${person.id}/consents`, consent);
    expect([later.status, later.body.code]).toEqual([422, code]);
    expect(later.body.errors[0].pointer).toBe(pointer);
  });

  it('is listed with the people of a study', async () => {
    const studyId = await aStudy(app);
    const [inside, outside] = [await aPerson(app), await aPerson(app)];
    await aTalk(app, inside, ['hello there'], { studyId });
    await aTalk(app, outside, ['hello there']);
    const { body } = await app.ok('get', `/v1/participants?studyId=${studyId}`);
    expect((body.data as { id: string }[]).map(({ id }) => id)).toEqual([inside]);
    expect((await app.send('get', '/v1/participants?studyId=none')).status).toBe(422);
    const { secret } = await anotherProject(app, 'study-elsewhere');
    const foreign = await app.ok('get', `/v1/participants?studyId=${studyId}`, undefined, secret);
    expect(foreign.body.data).toEqual([]);
  });
});
