import { productNow } from '../support/story.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { docx, otter, podcastJson, srt, teamsVtt, zoomVtt } from '../support/transcript-files.js';

/** Transcripts over HTTP: files as exported, versions, redaction. All words are invented. */

const TURNS = [
  { speaker: 'Researcher', text: 'What happened on the day you stopped?', startMs: 0 },
  {
    speaker: 'P-014',
    text: 'My finance lead asked where the number came from & I could not show her 😬.',
    startMs: 7_000,
  },
  { speaker: 'Researcher', text: 'And then?', startMs: 20_000 },
  {
    speaker: 'P-014',
    text: 'I was afraid the import would eat our history, honestly.',
    startMs: 25_000,
  },
];
const SAID = 'I was afraid the import would eat our history';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

let app: TestApp;
let person: string;

beforeAll(async () => {
  app = await startTestApp();
  const created = await app.ok('post', '/v1/participants', {
    pseudonym: 'P-014',
    kind: 'human',
    population: 'customer',
  });
  person = created.body.id as string;
});

afterAll(() => app.close());

async function interview(transcript?: object): Promise<string> {
  const now = await productNow(app);
  const created = await app.ok('post', '/v1/interviews', {
    participants: [{ participantId: person, speaksFor: [{ population: 'customer' }] }],
    method: 'interview',
    modality: 'video',
    interactive: true,
    startedAt: new Date(now.getTime() - 7_200_000).toISOString(),
    endedAt: new Date(now.getTime() - 3_600_000).toISOString(),
    interviewer: 'Researcher',
    ...(transcript === undefined ? {} : { transcript }),
  });
  return created.body.id as string;
}

const spoken = (...texts: string[]) => ({
  language: 'en',
  producedBy: 'human',
  turns: [
    { speaker: 'Researcher', text: 'Why?' },
    ...texts.map((text) => ({ speaker: 'P-014', participantId: person, text })),
  ],
});

const whoSpeaks = () => ({
  speakers: [{ speaker: 'Researcher' }, { speaker: 'P-014', participantId: person }],
});

describe('a file as a tool exported it', () => {
  it.each([
    ['Teams', 'text/vtt', teamsVtt(TURNS), 'webvtt'],
    ['Zoom', 'text/vtt; charset=utf-8', zoomVtt(TURNS), 'webvtt'],
    ['SRT', 'application/x-subrip', srt(TURNS), 'srt'],
    ['Otter', 'text/plain', otter(TURNS), 'otter'],
    ['DOCX', DOCX, docx(TURNS), 'docx'],
    ['podcast JSON', 'application/json', podcastJson(TURNS), 'podcast_json'],
  ])('%s is read, guessed at, confirmed and quoted', async (_, type, bytes, format) => {
    const id = await interview();
    const read = await app.upload(`/v1/interviews/${id}/transcripts`, type, bytes);
    expect([read.status, read.body.format, read.body.speakersConfirmed]).toEqual([
      201,
      format,
      false,
    ]);
    expect(read.body.guesses).toEqual([
      { speaker: 'Researcher', role: 'interviewer', why: 'same-name' },
      { speaker: 'P-014', role: 'participant', participantId: person, why: 'same-name' },
    ]);
    const early = await app.send('post', `/v1/interviews/${id}/quotes`, { text: SAID });
    expect([early.status, early.body.code]).toEqual([422, 'quote-not-participant']);
    const named = await app.ok('put', `/v1/interviews/${id}/speakers`, whoSpeaks());
    expect(named.body.speakersConfirmed).toBe(true);
    const quote = await app.ok('post', `/v1/interviews/${id}/quotes`, { text: SAID });
    expect(quote.body).toMatchObject({ exact: SAID, participantId: person, transcriptVersion: 1 });
    const words = await app.ok('get', `/v1/interviews/${id}/transcript`);
    const texts = (words.body.transcript as { text: string }[]).map(({ text }) => text);
    expect(texts).toEqual(TURNS.map(({ text }) => text));
  });

  it.each([
    ['no transcript at all', 'text/vtt', 'WEBVTT\n\n', 'transcript-empty'],
    ['words of nobody', 'text/plain', 'just some words', 'transcript-unreadable'],
    ['no DOCX', DOCX, 'not a zip', 'zip-unreadable'],
    ['no text', 'text/plain', new Uint8Array([0xc3, 0x28, 0xff]), 'not-text'],
  ])('%s is refused and leaves nothing behind', async (_, type, bytes, code) => {
    const id = await interview();
    const refused = await app.upload(`/v1/interviews/${id}/transcripts`, type, bytes);
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    const left = await app.sql('SELECT 1 FROM transcript WHERE interview_id = $1', [id]);
    expect(left).toEqual([]);
  });

  it('needs every name settled, and nobody who did not take part', async () => {
    const id = await interview();
    await app.upload(`/v1/interviews/${id}/transcripts`, 'text/vtt', teamsVtt(TURNS));
    const half = await app.send('put', `/v1/interviews/${id}/speakers`, {
      speakers: [{ speaker: 'P-014', participantId: person }],
    });
    expect(half.body.errors).toEqual([{ pointer: '/speakers', code: 'speaker-missing' }]);
    const second = await app.upload(
      `/v1/interviews/${id}/transcripts`,
      'text/vtt',
      teamsVtt(TURNS),
    );
    expect([second.status, second.body.code]).toEqual([409, 'speakers-unconfirmed']);
  });

  it('is refused above 2 MiB', async () => {
    const id = await interview();
    const large = await app.upload(
      `/v1/interviews/${id}/transcripts`,
      'text/plain',
      new Uint8Array(2 * 1024 * 1024 + 1),
    );
    expect([large.status, large.body.code]).toEqual([413, 'payload-too-large']);
  });
});

describe('a newer version', () => {
  it('moves the quotes whose words stand, and marks those whose words changed', async () => {
    const other = 'Nobody could tell me what it would cost us';
    const id = await interview(spoken(`${SAID}. ${other}.`));
    const kept = await app.ok('post', `/v1/interviews/${id}/quotes`, { text: SAID });
    const lost = await app.ok('post', `/v1/interviews/${id}/quotes`, { text: other });
    const newer = await app.ok(
      'post',
      `/v1/interviews/${id}/transcripts`,
      spoken('😬 Well.', `So ${SAID}. Nobody could tell us what it would cost us.`),
    );
    expect(newer.body).toMatchObject({ version: 2, kind: 'corrected', lostQuotes: [lost.body.id] });
    const { body } = await app.ok('get', `/v1/interviews/${id}/quotes`);
    const byId = new Map((body.data as { id: string }[]).map((quote) => [quote.id, quote]));
    expect(byId.get(kept.body.id as string)).toMatchObject({
      transcriptVersion: 2,
      turn: 2,
      start: 3,
      exact: SAID,
    });
    expect(byId.get(lost.body.id as string)).toMatchObject({
      transcriptVersion: 1,
      lostInVersion: 2,
      exact: other,
    });
  });

  it('brings a lost quote back when its words come back', async () => {
    const id = await interview(spoken(SAID));
    const quote = await app.ok('post', `/v1/interviews/${id}/quotes`, { text: SAID });
    await app.ok('post', `/v1/interviews/${id}/transcripts`, spoken('Something else entirely.'));
    const third = await app.ok('post', `/v1/interviews/${id}/transcripts`, spoken('Hm.', SAID));
    expect(third.body.lostQuotes).toEqual([]);
    const { body } = await app.ok('get', `/v1/interviews/${id}/quotes`);
    expect(body.data[0]).toMatchObject({ id: quote.body.id, transcriptVersion: 3, turn: 2 });
  });

  it('waits for a quote that is being marked, and moves it', async () => {
    const id = await interview(spoken(SAID));
    const [marked, newer] = await Promise.all([
      app.send('post', `/v1/interviews/${id}/quotes`, { text: SAID }),
      app.send('post', `/v1/interviews/${id}/transcripts`, spoken('Hm.', SAID)),
    ]);
    expect([marked.status, newer.status]).toEqual([201, 201]);
    const { body } = await app.ok('get', `/v1/interviews/${id}/quotes`);
    expect(body.data).toEqual([expect.objectContaining({ transcriptVersion: 2, turn: 2 })]);
  });
});

describe('a quote by its surroundings', () => {
  it('is the one of two equal spans that the words around it tell', async () => {
    const id = await interview(spoken(`First ${SAID}. Then again ${SAID}, you know.`));
    const second = await app.ok('post', `/v1/interviews/${id}/quotes`, {
      text: SAID,
      prefix: 'again ',
    });
    expect(second.body).toMatchObject({ start: 64, suffix: ', you know.' });
    const neither = await app.send('post', `/v1/interviews/${id}/quotes`, {
      text: SAID,
      prefix: 'never ',
    });
    expect([neither.status, neither.body.code]).toEqual([422, 'quote-not-found']);
  });
});

describe('redaction', () => {
  it('hides the words everywhere, for good, and quotes still verify', async () => {
    const text = `My boss Zacharias said so. ${SAID}.`;
    const id = await interview(spoken(text));
    const about = await app.ok('post', `/v1/interviews/${id}/quotes`, {
      text: 'My boss Zacharias said so',
    });
    const beside = await app.ok('post', `/v1/interviews/${id}/quotes`, { text: SAID });
    await app.ok('post', `/v1/interviews/${id}/transcripts`, spoken(`Well. ${text}`));
    await app.ok('post', `/v1/interviews/${id}/redactions`, {
      redactions: [{ turn: 1, start: 14, end: 23, reason: 'third person' }],
    });
    const words = await app.ok('get', `/v1/interviews/${id}/transcript`);
    expect(words.body.transcript[1].text).toBe(`Well. My boss █████████ said so. ${SAID}.`);
    const { body } = await app.ok('get', `/v1/interviews/${id}/quotes`);
    const quotes = body.data as { id: string; exact: string; start: number; end: number }[];
    const redacted = quotes.find((quote) => quote.id === about.body.id);
    expect(redacted?.exact).toBe('My boss █████████ said so');
    const untouched = quotes.find((quote) => quote.id === beside.body.id);
    expect(untouched).toMatchObject({ exact: SAID });
    const again = await app.ok('post', `/v1/interviews/${id}/quotes`, {
      turn: 1,
      start: redacted?.start,
      end: redacted?.end,
    });
    expect(again.body).toMatchObject({ id: about.body.id });
  });

  it('needs a place that exists', async () => {
    const id = await interview(spoken('short'));
    const wrong = await app.send('post', `/v1/interviews/${id}/redactions`, {
      redactions: [{ turn: 1, start: 2, end: 9, reason: 'none' }],
    });
    expect(wrong.body.errors).toEqual([{ pointer: '/redactions/0', code: 'not-in-transcript' }]);
  });
});

describe('a talk of two before anybody said who speaks', () => {
  it('is emptied when one of them asks to be forgotten', async () => {
    const other = await app.ok('post', '/v1/participants', {
      pseudonym: 'P-015',
      kind: 'human',
      population: 'customer',
    });
    const now = await productNow(app);
    const talk = await app.ok('post', '/v1/interviews', {
      participants: [person, other.body.id as string].map((participantId) => ({
        participantId,
        speaksFor: [{ population: 'customer' }],
      })),
      method: 'focus_group',
      modality: 'video',
      interactive: true,
      startedAt: new Date(now.getTime() - 7_200_000).toISOString(),
      endedAt: new Date(now.getTime() - 3_600_000).toISOString(),
      interviewer: 'Researcher',
    });
    const at = `/v1/interviews/${talk.body.id}`;
    await app.upload(`${at}/transcripts`, 'text/vtt', teamsVtt(TURNS));
    await app.ok('post', `/v1/participants/${other.body.id}/erasure`);
    const { body } = await app.ok('get', `${at}/transcript`);
    expect(body.transcript).toHaveLength(TURNS.length);
    expect((body.transcript as { text?: string }[]).flatMap(({ text }) => text ?? [])).toEqual([]);
  });
});

describe('what was seen', () => {
  it('is added to a session that is recorded already', async () => {
    const id = await interview();
    const at = (await productNow(app)).toISOString();
    const seen = await app.ok('post', `/v1/interviews/${id}/observations`, {
      observations: [{ participantId: person, at, text: 'scrolled up and down four times' }],
    });
    expect(seen.body.observations).toBe(1);
    expect(seen.body.ingestedAt).toBeDefined();
  });
});
