import {
  claimOn,
  codesOf,
  dryRun,
  inOtherWords,
  integritySubjects,
  itemOf,
  talkOf,
  tell,
  type Telling,
} from '../support/gamed-evidence.js';
import { declareMetrics, experimentBody, type HeardPerson, productNow } from '../support/story.js';
import { aStudy } from '../support/studied-people.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY_MS = 86_400_000;

/** Each test is a trick with people or their words, played as somebody would who wants the gate open. */
describe('gaming the evidence', () => {
  let app: TestApp;
  /** Three who count, and three who were asked and said nothing about it. */
  let honest: HeardPerson[];
  let silent: HeardPerson[];

  const everybody = async (names: readonly string[], telling: Partial<Telling> = {}) => {
    const people: HeardPerson[] = [];
    for (const pseudonym of names) people.push(await tell(app, { pseudonym, ...telling }));
    return people;
  };
  /** What the gate says to a claim that rests on these people. */
  const gateOn = async (people: readonly HeardPerson[], asked = silent) =>
    await dryRun(app, experimentBody(await claimOn(app, people, asked), people));

  beforeAll(async () => {
    app = await startTestApp();
    await declareMetrics(app);
    honest = await everybody(['Honest A', 'Honest B', 'Honest C']);
    silent = await everybody(['Silent A', 'Silent B', 'Silent C']);
  });
  afterAll(() => app.close());

  it('without a trick the gate is open', async () => {
    expect(await gateOn(honest)).toMatchObject({ outcome: 'pass', unmet: [] });
  });

  it('invent a quote, or polish one: only the words as they were said are stored', async () => {
    const words = 'I closed the tab because the sum at the bottom was never the one from the top';
    const person = await tell(app, { pseudonym: 'Polished', words });
    const path = `/v1/interviews/${person.interviewId}/quotes`;
    const polished = await app.send('post', path, {
      text: 'I closed the tab because the total at the bottom was never the one from the top',
    });
    expect([polished.status, polished.body.code]).toEqual([422, 'quote-not-found']);
    expect(polished.body.errors).toEqual([{ pointer: '/text', code: 'QUOTE_NOT_FOUND' }]);
    expect(polished.body.closest).toMatchObject({ turn: 1 });
    expect(polished.body.closest.exact).toContain('because the sum at the bottom');
    const invented = await app.send('post', path, {
      text: 'Your competitor showed me everything at once and I bought theirs instead',
    });
    expect([invented.status, invented.body.code]).toEqual([422, 'quote-not-found']);
    expect((await app.ok('get', path)).body.data).toHaveLength(1);
  });

  it('change a stored quote behind the product: it is no longer found', async () => {
    const person = await tell(app, { pseudonym: 'Moved' });
    const people = [...honest, person];
    const body = experimentBody(await claimOn(app, people, silent), people);
    const unmet = async () => (await dryRun(app, body)).unmet;
    expect(await unmet()).toEqual([]);
    const move = (by: number) =>
      app.sql('UPDATE quote SET start_at = start_at + $2 WHERE id = $1', [person.quoteId, by]);
    await move(1);
    expect(await unmet()).toMatchObject([{ code: 'QUOTE_NOT_FOUND', subjects: [person.quoteId] }]);
    await move(-1);
    expect(await unmet()).toEqual([]);
    await app.sql(
      `UPDATE quote SET exact_sealed = other.exact_sealed FROM quote AS other
       WHERE quote.id = $1 AND other.id = $2`,
      [person.quoteId, honest[0]?.quoteId],
    );
    expect(await unmet()).toMatchObject([{ code: 'QUOTE_NOT_FOUND', subjects: [person.quoteId] }]);
  });

  it('edit the transcript: a new version, and a quote whose words are gone does not count', async () => {
    const person = await tell(app, { pseudonym: 'Edited' });
    const people = [...honest, person];
    const body = experimentBody(await claimOn(app, people, silent), people);
    const { participantId, interviewId, quoteId } = person;
    const better = 'I was shocked, and I would have paid at once had I seen the total';
    const edited = await app.ok('post', `/v1/interviews/${interviewId}/transcripts`, {
      language: 'en',
      producedBy: 'human',
      turns: [
        { speaker: 'Researcher', text: 'What happened on that day?' },
        { speaker: 'Edited', participantId, text: better },
      ],
    });
    expect(edited.body).toMatchObject({ version: 2, kind: 'corrected', lostQuotes: [quoteId] });
    expect(edited.body.versions).toHaveLength(2);
    expect((await dryRun(app, body)).unmet).toMatchObject([
      { code: 'QUOTE_NOT_FOUND', subjects: [quoteId] },
    ]);
    const quotes = await app.ok('get', `/v1/interviews/${interviewId}/quotes`);
    expect(quotes.body.data).toMatchObject([{ id: quoteId, lostInVersion: 2 }]);
  });

  it('quote the interviewer: refused by text and by position', async () => {
    const { interviewId } = await tell(app, { pseudonym: 'Prompted', talk: ['Maybe.'] });
    for (const quote of [{ text: 'What happened on that day?' }, { turn: 0, start: 0, end: 26 }]) {
      const refused = await app.send('post', `/v1/interviews/${interviewId}/quotes`, quote);
      expect([refused.status, refused.body.code]).toEqual([422, 'quote-not-participant']);
      expect(refused.body.errors).toMatchObject([{ code: 'QUOTE_NOT_PARTICIPANT' }]);
    }
  });

  it('date an interview ahead: it does not count, not even once that day has passed', async () => {
    const person = await tell(app, { pseudonym: 'Tomorrow', endedDaysAgo: -1 });
    const people = [...honest, person];
    const body = experimentBody(await claimOn(app, people, silent), people);
    const refused = { code: 'SESSION_NOT_BEFORE', subjects: [person.interviewId] };
    expect((await dryRun(app, body)).unmet).toMatchObject([refused]);
    const now = await productNow(app);
    await app.moveClock(new Date(now.getTime() + 2 * DAY_MS).toISOString());
    expect((await dryRun(app, body)).unmet).toMatchObject([refused]);
  });

  it('quote after the fact: who has met the change explains it, and does not count', async () => {
    const after = await tell(app, {
      pseudonym: 'Afterwards',
      interview: { exposureTo: 'total-first' },
    });
    expect((await gateOn([...honest, after])).unmet).toMatchObject([
      { code: 'TAINTED_BY_EXPOSURE', subjects: [after.interviewId] },
    ]);
  });

  it('backdate an interview: one that came in long after its date is in the report', async () => {
    const old = await tell(app, { pseudonym: 'Backdated', endedDaysAgo: 45 });
    const fresh = await tell(app, { pseudonym: 'In time', endedDaysAgo: 5 });
    const late = (await integritySubjects(app, 'INGESTED_LATE')).flat();
    expect(late).toContain(old.interviewId);
    expect(late).not.toContain(fresh.interviewId);
  });

  describe('one person under several names', () => {
    it.each<[string, Partial<Telling>]>([
      ['the same address', { person: { identity: { email: 'Twice@Example.com' } } }],
      ['the same talk', { talk: talkOf('One talk') }],
    ])('%s: the two count once until a member decides', async (name, alike) => {
      const twins = [
        await tell(app, { pseudonym: `${name} one`, ...alike }),
        await tell(app, { pseudonym: `${name} two`, ...alike }),
      ];
      const people = [...honest.slice(0, 1), ...twins];
      const body = experimentBody(await claimOn(app, people, silent), people);
      const refused = await dryRun(app, body);
      expect(refused.unmet).toMatchObject([{ code: 'TOO_FEW_PEOPLE', actual: 2, expected: 3 }]);
      const ids = twins.map(({ participantId }) => participantId).toSorted();
      const doubt = itemOf(refused.warnings, 'DUPLICATE_UNDECIDED');
      expect(doubt.subjects.toSorted()).toEqual(ids);
      expect(await integritySubjects(app, 'DUPLICATES_UNDECIDED')).toContainEqual(ids);
      const pair = await pairOf(ids);
      await decide(pair, 'same_person');
      const merged = await dryRun(app, body);
      expect(merged.unmet).toMatchObject([{ code: 'TOO_FEW_PEOPLE', actual: 2 }]);
      expect(codesOf(merged.warnings)).not.toContain('DUPLICATE_UNDECIDED');
      await decide(pair, 'different_people');
      expect(await dryRun(app, body)).toMatchObject({ outcome: 'pass', counts: { people: 3 } });
    });

    it('found out after the launch: the gate that passed is counted again', async () => {
      const same = { person: { identity: { phone: '+358 40 765 4321' } } };
      const twins = await everybody(['Later one', 'Later two'], same);
      const people = [...honest.slice(0, 1), ...twins];
      const pair = await pairOf(twins.map(({ participantId }) => participantId));
      await decide(pair, 'different_people');
      const key = 'two-names';
      const body = experimentBody(await claimOn(app, people, silent), people, { key });
      await app.ok('post', '/v1/experiments', inOtherWords(body, key));
      await app.ok('post', `/v1/experiments/${key}/launch`);
      const evidence = async () => (await app.ok('get', `/v1/experiments/${key}`)).body.evidence;
      expect(await evidence()).toMatchObject({ recount: [], counts: { people: 3 } });
      await decide(pair, 'same_person');
      expect(await evidence()).toMatchObject({
        recount: expect.arrayContaining(['TOO_FEW_PEOPLE']),
        counts: { people: 2 },
      });
    });

    const pairOf = async (ids: readonly string[]): Promise<string> => {
      const { body } = await app.ok('get', '/v1/participants/pairs?limit=200');
      const pair = (body.data as { id: string; people: { participantId: string }[] }[]).find(
        ({ people }) => people.every(({ participantId }) => ids.includes(participantId)),
      );
      if (pair === undefined) throw new Error('no pair was found');
      return pair.id;
    };
    const decide = (id: string, decision: string) =>
      app.ok('put', `/v1/participants/pairs/${id}`, { decision, reason: 'I asked them.' });
  });

  it('talk with two people at one time: nobody holds two conversations, and it is reported', async () => {
    const interview = { interviewer: 'In two places' };
    const both = [
      await tell(app, { pseudonym: 'Here', interview, endedDaysAgo: 12 }),
      await tell(app, { pseudonym: 'There', interview, endedDaysAgo: 12 - 15 / 1440 }),
    ];
    await tell(app, { pseudonym: 'Next', interview, endedDaysAgo: 12 - 45 / 1440 });
    const overlaps = await integritySubjects(app, 'INTERVIEWS_OVERLAP');
    expect(overlaps).toContainEqual(both.map(({ interviewId }) => interviewId));
  });

  it('ask friends and colleagues: they never count, and never stand alone', async () => {
    const friends: HeardPerson[] = [];
    for (const conflict of ['friend', 'employee', 'relative', 'paid_panel']) {
      friends.push(await tell(app, { pseudonym: `A ${conflict}`, person: { conflict } }));
    }
    const mixed = await gateOn([...honest.slice(0, 2), ...friends.slice(0, 1)]);
    expect(mixed.unmet).toMatchObject([{ code: 'TOO_FEW_PEOPLE', actual: 2 }]);
    expect(itemOf(mixed.warnings, 'CONFLICTED_SOURCE').subjects).toEqual([friends[0]?.quoteId]);
    const alone = await gateOn(friends);
    expect(itemOf(alone.unmet, 'CONFLICTED_SOURCE').actual).toBe(0);
    expect(itemOf(alone.unmet, 'TOO_FEW_PEOPLE').actual).toBe(0);
  });

  it('cite only supporters: the ledger names every interview that was left out', async () => {
    const studyId = await aStudy(app);
    const inStudy = { interview: { studyId } };
    const picked = await everybody(['Picked A', 'Picked B', 'Picked C'], inStudy);
    const hidden = await everybody(['Hidden A', 'Hidden B'], inStudy);
    const insightId = await claimOn(app, picked, silent);
    const body = experimentBody(insightId, picked);
    const refused = await dryRun(app, body);
    const left = hidden.map(({ interviewId }) => interviewId);
    expect(codesOf(refused.unmet)).toEqual(['LEDGER_INCOMPLETE']);
    expect(itemOf(refused.unmet, 'LEDGER_INCOMPLETE').subjects.toSorted()).toEqual(left.toSorted());
    const fill = (disposition: string, rest: object = {}) =>
      app.ok('put', `/v1/studies/${studyId}/ledger`, {
        entries: left.map((interviewId) => ({ interviewId, insightId, disposition, ...rest })),
      });
    await fill('unread');
    expect(codesOf((await dryRun(app, body)).unmet)).toEqual(['LEDGER_INCOMPLETE']);
    await fill('contradicts');
    expect(codesOf((await dryRun(app, body)).unmet)).toEqual(['NO_NEGATIVE_SEARCH']);
    await fill('contradicts', { response: 'They pay by invoice and never meet that page' });
    expect((await dryRun(app, body)).unmet).toEqual([]);
  });

  it('never ask the awkward question: it is said, and who was not asked is nobody’s silence', async () => {
    const question = await app.ok('post', '/v1/questions', { text: 'Why do they leave there?' });
    const questionId = question.body.id as string;
    const insightId = await claimOn(app, honest, silent, { questionId });
    const body = experimentBody(insightId, honest);
    const passed = await dryRun(app, body);
    expect(passed.counts.asked).toBe(6);
    expect(itemOf(passed.warnings, 'NOT_ASKED').subjects).toEqual([questionId]);
    const evidence = silent.map(({ interviewId }) => ({ interviewId, disposition: 'not_asked' }));
    await app.ok('post', `/v1/insights/${insightId}/evidence`, { evidence });
    const shrunk = await dryRun(app, body);
    expect(shrunk.counts.asked).toBe(3);
    expect(shrunk.unmet).toMatchObject([{ code: 'TOO_FEW_ASKED', actual: 3, expected: 5 }]);

    const studyId = await aStudy(app, { questionId });
    const asked = await everybody(['Asked A', 'Asked B', 'Asked C'], { interview: { studyId } });
    const answer = await dryRun(
      app,
      experimentBody(await claimOn(app, asked, silent, { questionId }), asked),
    );
    expect(codesOf(answer.warnings)).not.toContain('NOT_ASKED');
  });

  it.each([
    ['ask leading questions', { elicitation: 'leading' }, '1 answers to a leading question'],
    [
      'ask what they would do',
      { temporality: 'hypothetical_future' },
      '1 about a hypothetical future',
    ],
  ])('%s: the answers do not count', async (trick, quote, why) => {
    const led = await tell(app, { pseudonym: `Made to ${trick}`, quote });
    const refused = await gateOn([...honest.slice(0, 2), led]);
    expect(refused.unmet).toMatchObject([
      { code: 'TOO_FEW_PEOPLE', actual: 2, subjects: [led.quoteId] },
    ]);
    expect(itemOf(refused.unmet, 'TOO_FEW_PEOPLE').why).toContain(why);
  });

  it('let a model write: a made-up person never counts, a written-up talk is marked', async () => {
    const madeUp = await tell(app, { pseudonym: 'Made up', person: { kind: 'synthetic' } });
    expect((await gateOn([...honest, madeUp])).unmet).toMatchObject([
      { code: 'SYNTHETIC_CITED', subjects: [madeUp.quoteId] },
    ]);
    const written = await tell(app, {
      pseudonym: 'Written up',
      transcript: { producedBy: 'ai' },
    });
    const passed = await gateOn([...honest, written]);
    expect(passed.unmet).toEqual([]);
    expect(itemOf(passed.warnings, 'SYNTHETIC_CITED').subjects).toEqual([written.interviewId]);
    expect(await integritySubjects(app, 'AI_TRANSCRIPT_WITHOUT_RECORDING')).toEqual([
      [written.interviewId],
    ]);
  });

  it('let a model talk: bursts, one rhythm and more words than can be spoken are reported', async () => {
    const words = (count: number, seed: number): string =>
      Array.from({ length: count }, (_, at) => `word${seed}x${at}`).join(' ');
    const made: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      const { interviewId } = await tell(app, {
        pseudonym: `Made ${at}`,
        words: `Number ${at} did not see any of it at all`,
        talk: [31, 7, 19, 43].map((count) => words(count, at)),
        endedDaysAgo: 20 + (at * 5) / 1440,
      });
      made.push(interviewId);
    }
    const spoken = await tell(app, { pseudonym: 'Spoken', endedDaysAgo: 21, minutes: 1 });
    const fast = await tell(app, { pseudonym: 'Too fast', endedDaysAgo: 22, minutes: 0.5 });
    const all = made.toSorted();
    const sorted = async (code: string) =>
      (await integritySubjects(app, code)).map((subjects) => subjects.toSorted());
    expect(await sorted('INTERVIEWS_IN_A_BURST')).toContainEqual(all);
    expect(await sorted('IDENTICAL_RHYTHM')).toContainEqual(all);
    const tooFast = (await sorted('TOO_FAST_TO_SPEAK')).flat();
    expect(tooFast).toContain(fast.interviewId);
    expect(tooFast).not.toContain(spoken.interviewId);
    expect((await sorted('INGESTED_IN_A_BURST')).flat()).toEqual(expect.arrayContaining(all));
  });
});
