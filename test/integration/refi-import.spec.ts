import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { TURN_TEXT_MAX } from '../../src/domain/evidence/transcripts/limits.js';
import { RefiImportsService } from '../../src/modules/evidence/imports/refi-imports.service.js';
import { describeWith, sharedFile } from '../support/shared-data.js';
import { REPOSITORY } from '../support/source-files.js';
import { declareMetrics, experimentBody } from '../support/story.js';
import { anInsight, aStudy } from '../support/studied-people.js';
import { IMPORT_NOW, type ImportedFile, rowCounts } from '../support/study-zips.js';
import { actingMember } from '../support/acting-member.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { zipOf } from '../support/transcript-files.js';

/** Projects of other tools over HTTP, each read a second time with regular expressions. */

interface Loss {
  kind: string;
  count: number;
  what: string;
  examples?: string[];
}
interface Report {
  complete: boolean;
  imported: number;
  failed: number;
  files: ImportedFile[];
  loss: Loss[];
}
interface StoredQuote {
  turn: number;
  start: number;
  end: number;
  exact: string;
  participantId: string;
  codes?: string[];
}
interface Turn {
  speaker: string;
  participantId?: string;
  text: string;
}

let app: TestApp;
let studyId: string;

beforeEach(async () => {
  app = await startTestApp();
  await app.moveClock(IMPORT_NOW);
  studyId = await aStudy(app, { method: 'open_ended_survey', population: 'user' });
});

afterEach(() => app.close());

const send = (bytes: Uint8Array, query = '') =>
  app.upload(`/v1/studies/${studyId}/import-refi${query}`, 'application/zip', bytes);
const ok = async (bytes: Uint8Array, query = ''): Promise<Report> => {
  const { status, body } = await send(bytes, query);
  expect([status, body.code]).toEqual([200, undefined]);
  return body as Report;
};
const turnsOf = async (file: ImportedFile | undefined) =>
  (await app.ok('get', `/v1/interviews/${file?.interviewId}/transcript`)).body.transcript as Turn[];
const quotesOf = async (file: ImportedFile | undefined) =>
  (await app.ok('get', `/v1/interviews/${file?.interviewId}/quotes`)).body.data as StoredQuote[];
const lossOf = ({ loss }: Report) => Object.fromEntries(loss.map((one) => [one.kind, one.count]));
const codesOf = () =>
  app.sql<{ name: string; parent: string | null; codable: boolean }>(
    `SELECT code.name, parent.name AS parent, code.codable FROM code
     LEFT JOIN code AS parent ON parent.project_id = code.project_id AND parent.id = code.parent_id
     WHERE code.study_id = $1 ORDER BY code.id`,
    [studyId],
  );
const attribute = (tag: string, name: string) =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&apos;', "'") ?? '';

describeWith(sharedFile('evidence', 'refi-qda', 'demo-cc0.qdpx'), 'a real project', (path) => {
  const bytes = readFileSync(path);
  const texts = Object.fromEntries(
    Object.entries(unzipSync(bytes)).map(([name, content]) => [name, strFromU8(content)]),
  );
  const document = texts['project.qde'] ?? '';
  const names = new Map(
    [...document.matchAll(/<Code [^>]*>/g)].map(([tag]) => [
      attribute(tag, 'guid'),
      attribute(tag, 'name'),
    ]),
  );
  const people = new Map(
    [...document.matchAll(/<Case .*?<\/Case>/gs)].map(([person]) => [
      attribute(/<SourceRef [^>]*>/.exec(person)?.[0] ?? '', 'targetGUID'),
      attribute(person, 'name'),
    ]),
  );
  const sources = [...document.matchAll(/<TextSource .*?<\/TextSource>/gs)].map(([source]) => ({
    name: attribute(source, 'name'),
    person: people.get(attribute(source, 'guid')),
    text: texts[attribute(source, 'plainTextPath').replace('internal://', 'sources/')] ?? '',
    selections: [...source.matchAll(/<PlainTextSelection .*?<\/PlainTextSelection>/gs)].map(
      ([selection]) => ({
        start: Number(attribute(selection, 'startPosition')),
        end: Number(attribute(selection, 'endPosition')),
        codes: [...selection.matchAll(/<CodeRef [^>]*>/g)]
          .map(([ref]) => names.get(attribute(ref, 'targetGUID')) ?? '')
          .toSorted(),
      }),
    ),
  }));

  it('is in with equal texts, spans and codes', async () => {
    const report = await ok(bytes);
    expect(report).toMatchObject({ complete: true, imported: 15, failed: 0 });
    expect(sources).toHaveLength(15);
    expect(report.files.map(({ file }) => file)).toEqual(sources.map(({ name }) => name));
    let spans = 0;
    for (const [at, { person, text, selections }] of sources.entries()) {
      const file = report.files[at];
      const lines = text.split('\n').filter((line) => line !== '');
      const turns = await turnsOf(file);
      expect(turns.map(({ speaker, text: said }) => `${speaker}: ${said}`)).toEqual(lines);
      const participantId = file?.participantIds?.[0];
      expect(turns.map((turn) => turn.participantId)).toEqual(
        lines.map((line) => (line.startsWith('A: ') ? participantId : undefined)),
      );
      const who = await app.ok('get', `/v1/participants/${participantId}`);
      expect(who.body.pseudonym).toBe(person);
      const quotes = await quotesOf(file);
      const inText = quotes.map(({ turn, start, end, exact, codes = [] }) => {
        const lineStart = lines.slice(0, turn).reduce((sum, line) => sum + line.length + 1, 0);
        const from = lineStart + 'A: '.length;
        return { start: from + start, end: from + end, exact, codes: codes.toSorted() };
      });
      const points = Array.from(text);
      expect(inText).toEqual(
        selections
          .toSorted((one, other) => one.start - other.start)
          .map((one) => ({ ...one, exact: points.slice(one.start, one.end).join('') })),
      );
      expect(quotes.every((quote) => quote.participantId === participantId)).toBe(true);
      spans += quotes.length;
    }
    expect(spans).toBe(15);
    expect(await codesOf()).toEqual(
      [...names.values()].map((name, at) => ({
        name,
        parent: at > 0 && at < 5 ? 'forces of progress' : null,
        codable: at > 0,
      })),
    );
    expect(lossOf(report)).toEqual({
      variables: 1,
      'variable-types': 1,
      users: 1,
      dates: document.match(/(?:creation|modified)DateTime=/g)?.length,
      authors: 15,
      'selection-coders': 15,
      'case-variables': 15,
    });
    const { body } = await app.ok('get', `/v1/interviews/${report.files[0]?.interviewId}`);
    expect(body).toMatchObject({ startedAt: '2016-01-16T00:00:00.000Z', interactive: false });
  });

  it('sent again changes nothing', async () => {
    const first = await ok(bytes);
    const before = await rowCounts(app);
    const second = await ok(bytes, '?heldAt=2016-02-01T00:00:00Z');
    expect(second.files.map(({ status, interviewId }) => [status, interviewId])).toEqual(
      first.files.map(({ interviewId }) => ['already_imported', interviewId]),
    );
    expect(second.loss).toEqual(first.loss);
    expect(await rowCounts(app)).toEqual(before);
  });

  it('comes without consent, and the gate is who says so', async () => {
    const report = await ok(bytes);
    const insightId = await anInsight(app, { audience: { populations: ['user'] } });
    const [quote] = (await app.ok('get', `/v1/interviews/${report.files[0]?.interviewId}/quotes`))
      .body.data as { id: string }[];
    await app.ok('post', `/v1/insights/${insightId}/evidence`, {
      quoteId: quote?.id,
      disposition: 'supports',
    });
    await declareMetrics(app);
    const heard = {
      participantId: report.files[0]?.participantIds?.[0] ?? '',
      interviewId: report.files[0]?.interviewId ?? '',
      consentId: null,
      quoteId: quote?.id ?? '',
    };
    const body = experimentBody(insightId, [heard], { audience: { populations: ['user'] } });
    const gate = await app.send('post', '/v1/experiments', body);
    const codes = (gate.body.unmet as { code: string }[]).map(({ code }) => code);
    expect([gate.status, codes]).toEqual([
      422,
      expect.arrayContaining(['CONSENT_MISSING']) as string[],
    ]);
  });

  it('goes on with the next source when the time was up', async () => {
    const actor = await actingMember(app);
    const service = app.app.get(RefiImportsService);
    const facts = { heldAt: null, modality: null, interviewer: null };
    const first = await service.project(actor, studyId, bytes, facts, 0);
    expect([first.complete, first.imported, first.files.at(-1)?.status]).toEqual([
      false,
      1,
      'pending',
    ]);
    const rest = await service.project(actor, studyId, bytes, facts);
    expect([rest.complete, rest.imported, rest.files[0]?.status]).toEqual([
      true,
      14,
      'already_imported',
    ]);
  });
});

describeWith(
  sharedFile('evidence', 'refi-qda', 'taguette-codebook.qdc'),
  'a real codebook',
  (path) => {
    it('is in, once', async () => {
      const bytes = readFileSync(path);
      const names = [...bytes.toString().matchAll(/<Code [^>]*>/g)].map(([tag]) =>
        attribute(tag, 'name'),
      );
      for (let time = 0; time < 2; time += 1) {
        const read = await app.upload(`/v1/studies/${studyId}/codebook`, 'application/xml', bytes);
        expect([read.status, read.body]).toEqual([200, { studyId, codes: names, loss: [] }]);
      }
      expect((await codesOf()).map(({ name }) => name)).toEqual(names);
    });
  },
);

const EVERYTHING = readFileSync(
  join(REPOSITORY, 'test', 'fixtures', 'refi', 'everything.qde'),
  'utf8',
);
const TALK_ONE = 'Q: What changed?\nA: The price doubled.\nA: So I left.\n';

describe('an invented project with at least one of everything', () => {
  it('brings what has a place and names what has none', async () => {
    const report = await ok(zipOf({ 'Project.qde': EVERYTHING, 'Sources/one.txt': TALK_ONE }));
    expect(report.files.map(({ file, status, problem }) => [file, status, problem?.code])).toEqual([
      ['Talk one', 'imported', undefined],
      ['Letter', 'failed', 'source-without-person'],
      ['Call', 'imported', undefined],
    ]);
    const [talk, , call] = report.files;
    expect(talk?.participantIds).toEqual(call?.participantIds);
    const turns = await turnsOf(talk);
    expect(turns.map(({ text, participantId }) => [text, participantId !== undefined])).toEqual([
      ['What changed?', false],
      ['The price doubled.', true],
      ['So I left.', true],
    ]);
    expect((await turnsOf(call)).map(({ participantId }) => participantId !== undefined)).toEqual([
      false,
      true,
    ]);
    const quotes = await quotesOf(talk);
    expect(quotes.map(({ exact, codes }) => [exact, codes])).toEqual([
      ['The price doubled', ['price', 'push']],
      ['So I', undefined],
    ]);
    expect((await quotesOf(call)).map(({ exact, codes }) => [exact, codes])).toEqual([
      ['I quit', ['push']],
    ]);
    expect(await codesOf()).toEqual([
      { name: 'forces', parent: null, codable: false },
      { name: 'push', parent: 'forces', codable: true },
      { name: 'price', parent: 'push', codable: true },
      { name: 'habit', parent: null, codable: true },
    ]);
    expect(lossOf(report)).toMatchObject({
      'cases-without-text': 1,
      'case-variables': 6,
      'case-selections': 1,
      'selection-notes': 1,
      'code-descriptions': 1,
      'crosses-turns': 1,
      'picture-sources': 1,
      graphs: 1,
      links: 1,
      sets: 1,
      notes: 1,
    });
    expect(report.loss.every(({ what }) => what.length > 10)).toBe(true);
  });
});

/** One source of one case, with selections by position. */
function projectOf(text: string, selections = '', person = 'P-31', name = 'project.qde') {
  return zipOf({
    [name]:
      '<Project xmlns="urn:QDA-XML:project:1.0" name="Invented" creationDateTime="2026-02-01T09:00:00">' +
      '<CodeBook><Codes><Code guid="00000000-0000-4000-8000-00000000000A" name="push" isCodable="true"/></Codes></CodeBook>' +
      `<Cases><Case guid="00000000-0000-4000-8000-0000000000C1" name="${person}"><SourceRef targetGUID="00000000-0000-4000-8000-0000000000A1"/></Case></Cases>` +
      '<Sources><TextSource guid="00000000-0000-4000-8000-0000000000A1" name="Talk" plainTextPath="internal://talk.txt">' +
      `${selections}</TextSource></Sources></Project>`,
    'sources/talk.txt': text,
  });
}
const selected = (text: string, words: string, at: number) => {
  const start = Array.from(text.slice(0, text.indexOf(words))).length;
  return (
    `<PlainTextSelection guid="00000000-0000-4000-8000-0000000000B${at}" name="${words}" ` +
    `startPosition="${start}" endPosition="${start + Array.from(words).length}"/>`
  );
};

describe('the lines of whoever asks', () => {
  it('are nobody’s words, even where they are coded', async () => {
    const text = 'P-31: I left 😬 in May.\nModerator: You left in May.\nP-31: It was the price.\n';
    const report = await ok(
      projectOf(text, selected(text, 'You left', 1) + selected(text, 'the price', 2)),
    );
    expect(report.files).toMatchObject([{ status: 'imported' }]);
    expect((await quotesOf(report.files[0])).map(({ exact }) => exact)).toEqual(['the price']);
    expect(report.loss).toContainEqual(
      expect.objectContaining({
        kind: 'asked-selections',
        count: 1,
        examples: ['00000000-0000-4000-8000-0000000000b1'],
      }),
    );
    const asked = await app.send('post', `/v1/interviews/${report.files[0]?.interviewId}/quotes`, {
      text: 'You left in May.',
    });
    expect(asked.body.code).toBe('quote-not-participant');
    const { body } = await app.ok('get', `/v1/interviews/${report.files[0]?.interviewId}`);
    expect(body.startedAt).toBe('2026-02-01T09:00:00.000Z');
  });

  it('are asked for where the text does not tell, and nothing is stored until then', async () => {
    const text = 'I: Tell me more.\nB: It cost more.\nI: I see.\nB: So I left.\n';
    const zip = projectOf(text, selected(text, 'So I left', 1));
    const unsettled = await ok(zip);
    expect(unsettled.files).toMatchObject([
      { status: 'failed', problem: { code: 'speakers-unsettled' } },
    ]);
    const counts = await rowCounts(app);
    expect([counts['participant'], counts['interview'], counts['turn']]).toEqual([0, 0, 0]);
    const settled = await ok(zip, '?interviewer=I&modality=phone');
    expect(settled.files).toMatchObject([{ status: 'imported' }]);
    expect((await quotesOf(settled.files[0])).map(({ exact }) => exact)).toEqual(['So I left']);
    const again = await ok(zip, '?interviewer=I');
    expect(again.files).toMatchObject([{ status: 'already_imported' }]);
  });
});

describe('a project that cannot be kept', () => {
  it.each([
    [
      'with a turn that is too long',
      'a'.repeat(TURN_TEXT_MAX + 1),
      'P-31',
      'transcript-unreadable',
    ],
    ['with too many turns', 'I left.\n'.repeat(10_001), 'P-31', 'transcript-unreadable'],
    ['with no words', ' \n', 'P-31', 'transcript-empty'],
    ['of a person with a name that is too long', 'I left.', 'P'.repeat(201), 'person-unnamed'],
    ['of a person without a name', 'I left.', '', 'person-unnamed'],
  ])('%s fails with that source and stores nothing of it', async (_, text, person, code) => {
    const report = await ok(projectOf(text, '', person));
    expect(report.files).toMatchObject([{ file: 'Talk', status: 'failed', problem: { code } }]);
    const counts = await rowCounts(app);
    expect([counts['participant'], counts['interview'], counts['turn']]).toEqual([0, 0, 0]);
  });

  it.each([
    ['no project', () => zipOf({ 'one.txt': 'I left.' }), 'refi-unreadable'],
    ['no XML', () => zipOf({ 'project.qde': 'I left.' }), 'xml-unreadable'],
    ['another XML', () => zipOf({ 'project.qde': '<Project name="x"/>' }), 'refi-unreadable'],
    [
      'declarations',
      () => zipOf({ 'project.qde': `<!DOCTYPE p [<!ENTITY a "b">]>${EVERYTHING}` }),
      'xml-entities',
    ],
    [
      'a code whose name no database indexes',
      () =>
        zipOf({ 'project.qde': EVERYTHING.replace('name="push"', `name="${'p'.repeat(3_000)}"`) }),
      'validation-failed',
    ],
    [
      'no date',
      () => zipOf({ 'project.qde': EVERYTHING.replace(/creationDateTime="[^"]*"/, '') }),
      'held-at-missing',
    ],
  ])('because it is %s is refused and changes nothing', async (_, make, code) => {
    const before = await rowCounts(app);
    const refused = await send(make());
    expect([refused.status, refused.body.code]).toEqual([422, code]);
    expect(await rowCounts(app)).toEqual(before);
  });
});
