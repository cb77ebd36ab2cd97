import { readFileSync } from 'node:fs';
import { declareMetrics, experimentBody, hear, type HeardPerson } from '../support/story.js';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Session {
  participantRef: string;
  conductedAt: string;
  turns: { speaker: 'researcher' | 'participant'; text: string }[];
}
interface VerifiedQuote {
  participantRef: string;
  turn: number;
  start: number;
  end: number;
  exact: string;
  disposition: 'supports' | 'qualifies' | 'contradicts';
  force: string | null;
}
type NegativeCases = Record<
  | 'paraphrase_must_fail'
  | 'researcher_words_must_fail'
  | 'wrong_participant_must_fail'
  | 'too_short_must_warn',
  { participantRef: string; exact: string }
> & { probable_same_person: { participantRefs: string[] }[] };
type Span = keyof Omit<NegativeCases, 'probable_same_person'>;

/** A week after the last answer came in. */
const NOW = '2016-01-20T12:00:00Z';
const ANSWERING_MS = 15 * 60_000;
const SOURCE = 'public CC0 release of the Jupyter Notebook UX survey, December 2015';

const codesOf = (body: { unmet: { code: string }[] }) => body.unmet.map(({ code }) => code);
const read = (name: string): string =>
  readFileSync(sharedFile('evidence', 'jupyter-cc0', name) ?? '', 'utf8');

describeWith(
  sharedFile('evidence', 'jupyter-cc0', 'sessions.jsonl'),
  'what sixty real people wrote about Jupyter Notebook',
  () => {
    const sessions = read('sessions.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Session);
    const verified = JSON.parse(read('verified-quotes.json')) as VerifiedQuote[];
    const negative = JSON.parse(read('negative-cases.json')) as NegativeCases;
    const written = new Map<string, { participantId: string; interviewId: string }>();
    let app: TestApp;

    beforeAll(async () => {
      app = await startTestApp();
      await app.ok('post', '/v1/sandbox/clock', { now: NOW });
      for (const session of sessions) written.set(session.participantRef, await store(session));
      await declareMetrics(app);
    });
    afterAll(() => app.close());

    /** As written answers: nobody could ask back. */
    const store = async (session: Session) => {
      const person = await app.ok('post', '/v1/participants', {
        pseudonym: session.participantRef,
        kind: 'human',
        population: 'user',
        accountRef: session.participantRef,
      });
      const participantId = person.body.id as string;
      const endedAt = new Date(session.conductedAt);
      const startedAt = new Date(endedAt.getTime() - ANSWERING_MS);
      await app.ok('post', `/v1/participants/${participantId}/consents`, {
        scopes: ['take_part', 'product_decisions', 'quote_internal', 'share_dataset'],
        givenAt: startedAt.toISOString(),
        how: 'form',
        noticeVersion: SOURCE,
      });
      const interview = await app.ok('post', '/v1/interviews', {
        participants: [{ participantId, speaksFor: [{ population: 'user' }] }],
        method: 'open_ended_survey',
        modality: 'async',
        interactive: false,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
        interviewer: SOURCE,
        transcript: {
          language: 'en',
          producedBy: 'human',
          turns: session.turns.map(({ speaker, text }) =>
            speaker === 'participant' ? { speaker, participantId, text } : { speaker, text },
          ),
        },
      });
      return { participantId, interviewId: interview.body.id as string };
    };
    const interviewOf = (ref: string): string => written.get(ref)?.interviewId ?? 'unknown';
    const quote = (ref: string, body: object) =>
      app.send('post', `/v1/interviews/${interviewOf(ref)}/quotes`, body);

    it('keeps every verified span by its position, word for word', async () => {
      expect(written.size).toBe(60);
      for (const { participantRef, turn, start, end, exact } of verified) {
        const stored = await quote(participantRef, { turn, start, end });
        expect([stored.status, stored.body]).toMatchObject([
          201,
          { exact, participantId: written.get(participantRef)?.participantId },
        ]);
      }
    });

    it('finds every one of them by its text, at the same place', async () => {
      expect(verified.length).toBeGreaterThanOrEqual(15);
      for (const { participantRef, turn, start, end, exact } of verified) {
        const byPosition = await quote(participantRef, { turn, start, end });
        const found = await quote(participantRef, { text: exact });
        expect([found.status, found.body]).toMatchObject([
          201,
          { id: byPosition.body.id as string, turn, start, end, exact },
        ]);
      }
    });

    it('refuses a paraphrase, the researcher’s words, and another person’s', async () => {
      const refused = async (name: Span) => {
        const { participantRef, exact } = negative[name];
        const answer = await quote(participantRef, { text: exact });
        return [answer.status, answer.body.code, answer.body.errors];
      };
      const because = (code: string) => [{ pointer: '/text', code }];
      expect(await refused('paraphrase_must_fail')).toEqual([
        422,
        'quote-not-found',
        because('QUOTE_NOT_FOUND'),
      ]);
      expect(await refused('researcher_words_must_fail')).toEqual([
        422,
        'quote-not-participant',
        because('QUOTE_NOT_PARTICIPANT'),
      ]);
      expect(await refused('wrong_participant_must_fail')).toEqual([
        422,
        'quote-not-found',
        because('QUOTE_NOT_FOUND'),
      ]);
    });

    it('names the span that a paraphrase comes nearest to', async () => {
      const { participantRef, exact } = negative.paraphrase_must_fail;
      const { body } = await quote(participantRef, { text: exact });
      const { turn, start, end, exact: said } = body.closest as VerifiedQuote;
      const turns = sessions.find((one) => one.participantRef === participantRef)?.turns;
      const text = Array.from(turns?.[turn]?.text ?? '')
        .slice(start, end)
        .join('');
      expect([turns?.[turn]?.speaker, text]).toEqual(['participant', said]);
      expect(said).toMatch(/terminal/i);
    });

    it('keeps words that are too short, and the gate does not take them', async () => {
      const { participantRef, exact } = negative.too_short_must_warn;
      const stored = await quote(participantRef, { text: exact });
      expect([stored.status, stored.body.exact]).toEqual([201, exact]);
      const insight = await app.ok('post', '/v1/insights', {
        statement: 'Starting is quick',
        audience: { populations: ['user'] },
      });
      const insightId = insight.body.id as string;
      const quoteId = stored.body.id as string;
      await app.ok('post', `/v1/insights/${insightId}/evidence`, {
        quoteId,
        disposition: 'supports',
      });
      const { participantId, interviewId } = written.get(participantRef) ?? {};
      const heard = {
        participantId: participantId ?? '',
        consentId: null,
        interviewId: interviewId ?? '',
        quoteId,
      };
      const refused = await app.send(
        'post',
        '/v1/experiments',
        experimentBody(insightId, [heard], { audience: { populations: ['user'] } }),
      );
      expect(refused.status).toBe(422);
      expect(codesOf(refused.body)).toContain('QUOTE_TOO_SHORT');
    });

    it('flags the three who probably answered twice, and nobody else', async () => {
      const { body } = await app.ok('get', '/v1/participants/pairs?state=undecided&limit=200');
      const found = (body.data as { people: { pseudonym: string }[] }[]).map(({ people }) =>
        people.map(({ pseudonym }) => pseudonym).toSorted(),
      );
      const inOrder = (pairs: string[][]) => pairs.map((pair) => pair.join(' ')).toSorted();
      const probable = negative.probable_same_person.map(({ participantRefs }) =>
        participantRefs.toSorted(),
      );
      expect(probable).toHaveLength(3);
      expect(inOrder(found)).toEqual(inOrder(probable));
    });

    it('are not enough alone, whatever else is complete; one live talk more opens', async () => {
      const { insightId, supporting } = await insightOnStarting();
      const bodyCiting = (people: readonly HeardPerson[]) =>
        experimentBody(insightId, people, {
          key: 'open-by-double-click',
          audience: { populations: ['user'] },
          policy: 'explore',
          traffic: 0.1,
        });
      const refused = await app.send('post', '/v1/experiments', bodyCiting(supporting));
      expect([refused.status, refused.body.policy.profile]).toEqual([422, 'explore']);
      // Nothing about quotes, consent, age or order: written words count for at most as many
      // people as were heard live, and nobody was, so no story of theirs counts either.
      expect(codesOf(refused.body)).toEqual([
        'HYPOTHETICAL_ONLY',
        'NO_LIVE_FIRST_HAND',
        'STORY_NOT_RICH',
        'TOO_FEW_PEOPLE',
      ]);
      expect(refused.body.counts).toMatchObject({
        writtenFirstHand: 10,
        liveFirstHand: 0,
        supports: 10,
        qualifies: 2,
        contradicts: 3,
      });
      expect(await app.sql('SELECT experiment.id FROM experiment')).toEqual([]);

      const live = await hear(app, {
        pseudonym: 'Invented user',
        population: 'user',
        speaksFor: [{ population: 'user' }],
        endedDaysAgo: 1,
        words:
          'Invented for this test: yesterday I opened a terminal just to look at one old notebook',
      });
      await app.ok('post', `/v1/insights/${insightId}/evidence`, {
        quoteId: live.quoteId,
        disposition: 'supports',
      });
      const opened = await app.send('post', '/v1/experiments', bodyCiting(supporting));
      expect([opened.status, opened.body.unmet]).toEqual([201, undefined]);
    });

    /** The claim, with everything that was read for and against it. */
    const insightOnStarting = async () => {
      const insight = await app.ok('post', '/v1/insights', {
        statement: 'Starting a notebook is so much work that people do not start one',
        audience: { populations: ['user'] },
      });
      const insightId = insight.body.id as string;
      const supporting: HeardPerson[] = [];
      for (const { participantRef, turn, start, end, disposition, force } of verified) {
        const stored = await quote(participantRef, {
          turn,
          start,
          end,
          temporality: 'present_habit',
          elicitation: 'open_probe',
          ...(force === null ? {} : { force }),
        });
        const quoteId = stored.body.id as string;
        await app.ok('post', `/v1/insights/${insightId}/evidence`, {
          quoteId,
          disposition,
          ...(disposition === 'contradicts'
            ? { response: 'They have set it up once; the others start from nothing each time' }
            : {}),
        });
        const { participantId, interviewId } = written.get(participantRef) ?? {};
        if (disposition === 'supports' && participantId !== undefined) {
          const consentId = null;
          supporting.push({ participantId, consentId, interviewId: interviewId ?? '', quoteId });
        }
      }
      return { insightId, supporting };
    };
  },
);
