import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import {
  Canaries,
  canariesInFiles,
  dumpInto,
  embeddedDatabase,
  filesUnder,
  type Heard,
  pagesWithWords,
  sendWhatIsRefused,
  spokenTo,
} from '../support/canaries.js';
import { type ServiceProcess, startedService } from '../support/service-process.js';
import { declareMetrics, experimentBody, longTalk, productNow } from '../support/story.js';
import type { TestApp } from '../support/test-app.js';
import { teamsVtt, zipOf } from '../support/transcript-files.js';

const TIMEOUT_MS = 180_000;
const DAY_MS = 86_400_000;
const KEY = 'total-first';

/**
 * Somebody is heard through every way in, cited, argued with, launched on, and erased. Then the
 * service is stopped and every byte it has kept or printed is looked through.
 */
describe('words of somebody who asked to be forgotten', () => {
  const words = new Canaries();
  /** Of the team, who may keep what they wrote: the search must find it, or it finds nothing. */
  const control = new Canaries();
  let dataDir: string;
  let dumpDir: string;
  let service: ServiceProcess;
  let database: Client;
  let app: TestApp;
  let key: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'becausal-erasure-'));
    // Outside the data directory, and open to the database's own user.
    dumpDir = mkdtempSync(join(tmpdir(), 'becausal-dump-'));
    chmodSync(dumpDir, 0o777);
    service = await startedService({ BECAUSAL_DATA_DIR: dataDir, LOG_LEVEL: 'debug' });
    database = await embeddedDatabase(dataDir);
    key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();
    app = spokenTo(service, key, database) as TestApp;
  }, TIMEOUT_MS);
  afterAll(async () => {
    await database.end().catch(() => undefined);
    await service.end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(dumpDir, { recursive: true, force: true });
  });

  let endedAt: Date;
  let studyId: string;

  const session = (participantId: string, more: object) => ({
    studyId,
    participants: [{ participantId, speaksFor: [{ population: 'lead', stage: 'pricing' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(endedAt.getTime() - 1_800_000).toISOString(),
    endedAt: endedAt.toISOString(),
    interviewer: 'Researcher',
    ...more,
  });

  const person = async (pseudonym: string, more: object = {}): Promise<string> => {
    const made = await app.ok('post', '/v1/participants', {
      pseudonym,
      kind: 'human',
      population: 'lead',
      consent: {
        scopes: ['take_part', 'product_decisions', 'quote_internal'],
        givenAt: new Date(endedAt.getTime() - DAY_MS).toISOString(),
        how: 'form',
        noticeVersion: '1',
      },
      ...more,
    });
    return made.body.id as string;
  };

  const said = (text: string) =>
    `Well. I gave up at ${text} because nobody could tell me the total before I paid. That is all.`;
  const quoted = (text: string) =>
    `I gave up at ${text} because nobody could tell me the total before I paid`;

  /** Through JSON, WebVTT, observations and the vault. */
  async function hearAsked(): Promise<Heard & { quoteId: string }> {
    const participantId = await person('Visitor A', {
      identity: {
        name: `Ada ${words.word('name in a request')}`,
        email: `${words.word('e-mail in a request')}@example.com`,
        phone: words.phone('phone in a request'),
      },
    });
    const told = await app.ok(
      'post',
      '/v1/interviews',
      session(participantId, {
        transcript: {
          language: 'en',
          producedBy: 'human',
          turns: [
            { speaker: 'Researcher', text: `You said ${words.word('question')}, what then?` },
            {
              speaker: `Ada ${words.word('speaker')}`,
              participantId,
              text: said(words.word('turn in JSON')),
            },
            ...longTalk('Visitor A', participantId),
          ],
        },
        observations: [
          {
            participantId,
            at: endedAt.toISOString(),
            text: `Closed the page at ${words.word('observation')}`,
          },
        ],
      }),
    );
    const interviewId = told.body.id as string;
    const quote = await app.ok('post', `/v1/interviews/${interviewId}/quotes`, {
      text: quoted(words.word('turn in JSON')),
      temporality: 'past_specific',
      elicitation: 'open_probe',
    });
    expect(quote.body.exact).toContain(words.word('turn in JSON'));

    const filed = await app.ok('post', '/v1/interviews', session(participantId, {}));
    const filedId = filed.body.id as string;
    const speaker = `Ada ${words.word('speaker in WebVTT')}`;
    const lines = [
      { speaker: 'Researcher', text: 'And then?', startMs: 0 },
      { speaker, text: said(words.word('turn in WebVTT')), startMs: 5_000 },
    ];
    const path = `/v1/interviews/${filedId}`;
    const read = await app.upload(`${path}/transcripts`, 'text/vtt', teamsVtt(lines));
    expect([read.status, read.body.speakersConfirmed]).toEqual([201, false]);
    await app.ok('put', `${path}/speakers`, {
      speakers: [{ speaker: 'Researcher' }, { speaker, participantId }],
    });
    return { participantId, interviewIds: [interviewId, filedId], quoteId: quote.body.id };
  }

  /** Through a zip, with a name in every column that takes one. */
  async function importSomebody(): Promise<Heard> {
    const file = `talk-${words.word('file name in a zip')}.vtt`;
    const at = [new Date(endedAt.getTime() - 1_800_000), endedAt].map((one) => one.toISOString());
    const row = [
      file,
      'Visitor Z',
      ...at,
      'Researcher',
      'lead',
      `Zoe ${words.word('name in a zip')}`,
      `${words.word('e-mail in a zip')}@example.com`,
      words.phone('phone in a zip'),
    ];
    const speaker = `Zoe ${words.word('name in a zip')}`;
    const lines = [{ speaker, text: said(words.word('turn in a zip')), startMs: 0 }];
    const zip = zipOf({
      'manifest.csv': `file,person,started_at,ended_at,interviewer,population,name,email,phone\n${row.join()}\n`,
      [file]: teamsVtt(lines),
    });
    const path = `/v1/studies/${studyId}/import`;
    const first = await app.upload(path, 'application/zip', zip);
    expect([first.status, first.body.imported, first.body.failed]).toEqual([200, 1, 0]);
    const again = await app.upload(path, 'application/zip', zip);
    expect(again.body.files[0].status).toBe('already_imported');
    const { interviewId, participantIds } = first.body.files[0];
    const sheet = await app.ok('get', `/v1/studies/${studyId}/speakers`);
    expect(JSON.stringify(sheet.body)).toContain(words.word('name in a zip'));
    return { participantId: participantIds[0], interviewIds: [interviewId] };
  }

  /** Somebody who stays, and a word of theirs about a third person that is blacked out. */
  async function hearAndRedact(): Promise<string> {
    const participantId = await person('Visitor R');
    const text = said(words.word('redacted'));
    const told = await app.ok(
      'post',
      '/v1/interviews',
      session(participantId, {
        transcript: {
          language: 'en',
          producedBy: 'human',
          turns: [{ speaker: 'R', participantId, text }],
        },
      }),
    );
    const path = `/v1/interviews/${told.body.id}`;
    await app.ok('post', `${path}/quotes`, { text: quoted(words.word('redacted')) });
    const start = text.indexOf(words.word('redacted'));
    const end = start + words.word('redacted').length;
    const redactions = [{ turn: 0, start, end, reason: 'A name of somebody else' }];
    await app.ok('post', `${path}/redactions`, { redactions });
    return told.body.id as string;
  }

  /** Cites the words, argues with them, and launches on them. */
  async function launchOn(heard: Heard & { quoteId: string }): Promise<string> {
    await declareMetrics(app);
    const insight = await app.ok('post', '/v1/insights', {
      statement: `People leave at ${control.word('statement')} because nobody tells the total`,
      audience: { populations: ['lead'], stages: ['pricing'] },
    });
    const insightId = insight.body.id as string;
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      quoteId: heard.quoteId,
      disposition: 'supports',
    });
    const quotes = [{ ...heard, consentId: null, interviewId: heard.interviewIds[0] ?? '' }];
    const body = experimentBody(insightId, quotes, { key: KEY, traffic: 0.1 });
    const refused = await app.send('post', '/v1/experiments', body);
    const codes = (refused.body.unmet as { code: string }[]).map(({ code }) => code);
    expect([refused.status, codes]).toEqual([422, ['NO_NEGATIVE_SEARCH']]);
    await searchAndAnswer(insightId);
    const dry = await app.ok('post', '/v1/experiments/check?gate=launch', body);
    expect(dry.body.outcome).toBe('pass');
    await app.ok('post', '/v1/experiments', body);
    await app.ok('post', `/v1/experiments/${KEY}/launch`);
    return insightId;
  }

  const searchesOf = (insightId: string) => `/v1/insights/${insightId}/negative-searches`;

  async function searchAndAnswer(insightId: string): Promise<void> {
    const queries = ['could tell me the total', 'because nobody'];
    const search = await app.ok('post', searchesOf(insightId), { queries });
    const hits = search.body.hits as { interviewId: string; turn: number; text: string }[];
    expect(hits.some(({ text }) => text.includes(words.word('turn in WebVTT')))).toBe(true);
    searchId = search.body.id as string;
    await app.ok('put', `${searchesOf(insightId)}/${searchId}/hits`, {
      hits: hits.map(({ interviewId, turn }) => ({
        interviewId,
        turn,
        disposition: 'contradicts',
        response: 'The same thing, seen from the other side',
      })),
    });
  }
  let searchId: string;

  const readable = (people: readonly Heard[], insightId: string) =>
    pagesWithWords(app, people, { insightId, searchId, studyId, experimentKey: KEY });

  const found = (pages: readonly { path: string; text: string }[]) =>
    pages.flatMap(({ path, text }) => words.in(Buffer.from(text)).map((word) => ({ path, word })));

  /** The brief as Markdown, which is another renderer than JSON's. */
  const briefToRead = async (): Promise<string> => {
    const answer = await fetch(`${service.url}/v1/experiments/${KEY}/brief`, {
      headers: { authorization: `Bearer ${key}`, accept: 'text/markdown' },
    });
    expect(answer.headers.get('content-type')).toContain('text/markdown');
    return await answer.text();
  };

  /** What was decided, byte for byte. */
  const decisions = async (): Promise<string[]> => {
    const rows = await app.sql<{ row: string }>(
      'SELECT gate_decision::text AS row FROM gate_decision ORDER BY gate_decision.id',
    );
    return rows.map(({ row }) => row);
  };

  it(
    'are nowhere: not in a dump, the data files, the WAL, a log, a job or an answer',
    async () => {
      endedAt = new Date((await productNow(app)).getTime() - 10 * DAY_MS);
      const study = await app.ok('post', '/v1/studies', {
        name: 'Why people leave the pricing page',
        method: 'interview',
        population: 'lead',
        plannedInterviews: 3,
      });
      studyId = study.body.id as string;
      const asked = await hearAsked();
      const imported = await importSomebody();
      const redactedId = await hearAndRedact();
      const refused = await sendWhatIsRefused(app, words, asked.interviewIds[0] ?? '');
      expect(refused).toEqual({
        'near miss': 422,
        'identity of somebody who is there already': 409,
        'value that is not valid': 422,
        'broken JSON': 400,
        'unreadable file': 422,
        'query of a list': 200,
        'id that is none': 404,
      });
      const near = await app.send('post', `/v1/interviews/${asked.interviewIds[0]}/quotes`, {
        text: quoted(words.word('near miss')),
      });
      expect(near.body.closest.exact).toContain(words.word('turn in JSON'));
      const insightId = await launchOn(asked);
      const people = [asked, imported];

      // While they may be read, they are read: the words came through every way in.
      const before = found(await readable(people, insightId));
      expect(new Set(before.map(({ word }) => word))).toEqual(
        new Set(
          [
            'name in a request',
            'e-mail in a request',
            'phone in a request',
            'question',
            'speaker',
            'turn in JSON',
            'observation',
            'speaker in WebVTT',
            'turn in WebVTT',
            'name in a zip',
            'e-mail in a zip',
            'phone in a zip',
            'turn in a zip',
          ].map((channel) => `${channel} as text`),
        ),
      );
      const redacted = await app.ok('get', `/v1/interviews/${redactedId}/transcript`);
      expect(redacted.body.transcript[0].text).toMatch(/I gave up at \W+ because/u);
      const brief = before.filter(({ path }) => path.endsWith('/brief'));
      expect(brief.map(({ word }) => word)).toEqual(['turn in JSON as text']);
      expect(await briefToRead()).toContain(words.word('turn in JSON'));

      // Even then, nobody reads them from the disk.
      await database.query('CHECKPOINT');
      expect(canariesInFiles(words, dataDir)).toEqual([]);

      const decided = await decisions();
      expect(decided.length).toBeGreaterThanOrEqual(3);
      const shown = await app.ok('get', `/v1/experiments/${KEY}/gate-decisions`);
      for (const { participantId } of people) {
        await app.ok('post', `/v1/participants/${participantId}/erasure`);
      }

      const after = await readable(people, insightId);
      expect(found(after)).toEqual([]);
      for (const { path, status } of after) {
        expect([path, status]).toEqual([
          path,
          path.endsWith('/export') ? 410 : path.startsWith('POST /v1/ins') ? 201 : 200,
        ]);
      }
      expect(words.in(Buffer.from(await briefToRead()))).toEqual([]);
      const again = await app.send('post', `/v1/interviews/${asked.interviewIds[0]}/quotes`, {
        text: quoted(words.word('turn in JSON')),
      });
      expect([again.status, again.body.code]).toEqual([422, 'quote-not-found']);

      // P18: what was decided stays as it was, and the experiment says that its evidence is gone.
      expect(await decisions()).toEqual(decided);
      const kept = await app.ok('get', `/v1/experiments/${KEY}/gate-decisions`);
      expect(kept.text).toBe(shown.text);
      const running = await app.ok('get', `/v1/experiments/${KEY}`);
      expect(running.body).toMatchObject({ status: 'running', evidence: { withdrawn: true } });

      // What a back-up would hold, then what is left when the service is gone.
      const tables = await dumpInto(database, dumpDir);
      expect(tables).toEqual(expect.arrayContaining(['pgboss.job', 'public.turn', 'public.event']));
      await database.end();
      expect(await service.end('SIGTERM')).toBe(0);
      expect(filesUnder(join(dataDir, 'postgres', 'pg_wal')).length).toBeGreaterThan(0);
      expect(canariesInFiles(words, dumpDir)).toEqual([]);
      expect(canariesInFiles(words, dataDir)).toEqual([]);
      const printed = service.printed();
      expect(printed.split('\n').length).toBeGreaterThan(60);
      expect(words.in(Buffer.from(printed))).toEqual([]);

      // The same search finds what the team wrote, in all the places where it may stand.
      const places = [...canariesInFiles(control, dumpDir), ...canariesInFiles(control, dataDir)];
      for (const place of [/\.text: /, /\.binary: /, /postgres\/base\//, /postgres\/pg_wal\//]) {
        expect(places).toEqual(expect.arrayContaining([expect.stringMatching(place)]));
      }
    },
    TIMEOUT_MS,
  );
});
