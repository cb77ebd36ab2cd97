import { StudyImportsService } from '../../src/modules/evidence/imports/study-imports.service.js';
import { aStudy } from '../support/studied-people.js';
import {
  fivePeople,
  IMPORT_NOW,
  type ImportedFile,
  importInto,
  PEOPLE,
  rowCounts,
  tablesHolding,
  talkOf,
  zipWith,
} from '../support/study-zips.js';
import { actingMember } from '../support/acting-member.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { namedLines, teamsVtt, zipOf } from '../support/transcript-files.js';

/** A whole study as one zip, over HTTP. Everybody in it is invented. */

let app: TestApp;

beforeEach(async () => {
  app = await startTestApp();
  await app.moveClock(IMPORT_NOW);
});

afterEach(() => app.close());

const ok = async (studyId: string, zip: Uint8Array) => {
  const { status, body } = await importInto(app, studyId, zip);
  expect(status).toBe(200);
  return body as { complete: boolean; imported: number; failed: number; files: ImportedFile[] };
};
const statuses = (files: readonly ImportedFile[]) =>
  Object.fromEntries(files.map(({ file, person, status }) => [person ?? file, status]));
const sheetOf = async (studyId: string) =>
  (await app.ok('get', `/v1/studies/${studyId}/speakers`)).body.interviews as {
    interviewId: string;
    people: { participantId: string; pseudonym: string }[];
    guesses: { speaker: string; role: string; participantId?: string }[];
  }[];
const confirm = async (studyId: string) => {
  const sheet = await sheetOf(studyId);
  const interviews = sheet.map(({ interviewId, guesses }) => ({
    interviewId,
    speakers: guesses.map(({ speaker, participantId }) => ({
      speaker,
      ...(participantId === undefined ? {} : { participantId }),
    })),
  }));
  return await app.send('put', `/v1/studies/${studyId}/speakers`, { interviews });
};
const quote = (interviewId: string | undefined, text: string) =>
  app.send('post', `/v1/interviews/${interviewId ?? 'none'}/quotes`, { text });

describe('a whole study in one zip', () => {
  it('comes in from five tools, is confirmed on one sheet, and everybody can be quoted', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const report = await ok(studyId, zipWith(rows, { ...files, 'notes.md': 'Not for here.' }));
    expect(report).toMatchObject({ studyId, complete: true, imported: 5, failed: 0 });
    expect(statuses(report.files)).toEqual({
      'teams.vtt': 'imported',
      'zoom.vtt': 'imported',
      'windows.srt': 'imported',
      'otter.txt': 'imported',
      'word.docx': 'imported',
      'notes.md': 'not_in_manifest',
    });
    for (const [at, { name }] of PEOPLE.entries()) {
      const participantId = report.files[at]?.participantIds?.[0];
      expect(report.files[at]?.guesses).toEqual([
        { speaker: 'Researcher', role: 'interviewer', why: 'same-name' },
        { speaker: name, role: 'participant', participantId, why: 'same-name' },
      ]);
    }
    const early = await quote(report.files[0]?.interviewId, PEOPLE[0]?.says ?? '');
    expect(early.body.code).toBe('quote-not-participant');

    // Names are known from the vault alone.
    const sheet = await sheetOf(studyId);
    expect(sheet.map(({ people }) => people)).toEqual(
      PEOPLE.map(({ pseudonym }, at) => [
        { participantId: report.files[at]?.participantIds?.[0], pseudonym },
      ]),
    );
    expect(sheet.map(({ guesses }) => guesses)).toEqual(
      report.files.slice(0, 5).map((f) => f.guesses),
    );
    const confirmed = await confirm(studyId);
    expect([confirmed.status, confirmed.body.confirmed]).toEqual([
      200,
      sheet.map(({ interviewId }) => interviewId),
    ]);
    expect(await sheetOf(studyId)).toEqual([]);

    for (const [at, { says }] of PEOPLE.entries()) {
      const { interviewId, participantIds } = report.files[at] ?? {};
      const stored = await quote(interviewId, says);
      expect([stored.status, stored.body]).toMatchObject([
        201,
        { exact: says, participantId: participantIds?.[0] },
      ]);
      const asked = await quote(interviewId, 'What happened on the day you left?');
      expect(asked.body.code).toBe('quote-not-participant');
      const { body: interview } = await app.ok('get', `/v1/interviews/${interviewId}`);
      expect(interview).toMatchObject({ studyId, method: 'interview', interactive: true });
      expect(interview.participants[0].speaksFor).toEqual([
        { population: 'lead', stage: 'pricing' },
      ]);
    }
    const consents = await app.sql('SELECT consent.id FROM consent');
    expect(consents).toHaveLength(5);
  });

  it('keeps names and words sealed, whatever table is searched', async () => {
    const { rows, files } = fivePeople();
    const studyId = await aStudy(app);
    await ok(studyId, zipWith(rows, files));
    await confirm(studyId);
    // The search itself finds what is there in plain text.
    expect(await tablesHolding(app, 'P-01')).toContain('participant');
    for (const { name, says, pseudonym } of PEOPLE) {
      expect(await tablesHolding(app, name)).toEqual([]);
      expect(await tablesHolding(app, name.split(' ')[0] ?? '')).toEqual([]);
      expect(await tablesHolding(app, `${pseudonym}@example.org`)).toEqual([]);
      expect(await tablesHolding(app, says)).toEqual([]);
    }
  });

  it('takes two rows of one file as one talk, and a table as answers of each', async () => {
    const studyId = await aStudy(app);
    const turns = [
      ...talkOf('P-11', 'I pay for the whole team out of my own pocket.'),
      { speaker: 'P-12', text: 'And I never knew that you did.', startMs: 30_000 },
    ];
    const survey =
      'person,What made you look?,What made you leave?\n' +
      'P-21,"A friend, really",The price\nP-22,,"It asked for a card; I had none"\n';
    const rows = [
      { file: 'group.txt', person: 'P-11' },
      { file: 'group.txt', person: 'P-12' },
      { file: 'answers.csv', person: 'P-21' },
      { file: 'answers.csv', person: 'P-22' },
      { file: 'answers.csv', person: 'P-23' },
    ];
    const report = await ok(
      studyId,
      zipWith(rows, { 'group.txt': namedLines(turns), 'answers.csv': survey }),
    );
    expect(report).toMatchObject({ imported: 3, failed: 1 });
    const [group, first, second, third] = report.files;
    expect(group?.participantIds).toHaveLength(2);
    expect(third).toMatchObject({
      person: 'P-23',
      status: 'failed',
      problem: { code: 'person-not-in-table' },
    });
    expect((await confirm(studyId)).status).toBe(200);
    const said = await quote(group?.interviewId, 'And I never knew that you did.');
    expect(said.body.participantId).toBe(group?.participantIds?.[1]);
    const wrote = await quote(second?.interviewId, 'It asked for a card; I had none');
    expect(wrote.body.participantId).toBe(second?.participantIds?.[0]);
    expect((await quote(first?.interviewId, 'What made you look?')).body.code).toBe(
      'quote-not-participant',
    );
    const { body: written } = await app.ok('get', `/v1/interviews/${first?.interviewId}`);
    expect(written).toMatchObject({
      method: 'open_ended_survey',
      modality: 'async',
      interactive: false,
    });

    const longer = await ok(
      studyId,
      zipWith(rows, {
        'group.txt': namedLines(turns),
        'answers.csv': `${survey}P-23,The advert,The same advert\n`,
      }),
    );
    expect(statuses(longer.files)).toEqual({
      'group.txt': 'already_imported',
      'P-21': 'already_imported',
      'P-22': 'already_imported',
      'P-23': 'imported',
    });
  });
});

describe('the same zip again', () => {
  it('is recognised whole and changes nothing', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const first = await ok(studyId, zipWith(rows, files));
    const before = await rowCounts(app);
    const second = await ok(studyId, zipWith(rows, files));
    expect(second).toMatchObject({ complete: true, imported: 0, failed: 0 });
    expect(second.files.map(({ status, interviewId }) => [status, interviewId])).toEqual(
      first.files.map(({ interviewId }) => ['already_imported', interviewId]),
    );
    expect(await rowCounts(app)).toEqual(before);
  });

  it('with a corrected manifest makes no second session, and adds consents that came later', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const silent = rows.map((row) => ({ ...row, consent: ',,,' }));
    await ok(studyId, zipWith(silent, files));
    const before = await rowCounts(app);
    const again = await ok(studyId, zipWith(rows, files));
    expect(again.imported).toBe(0);
    const after = await rowCounts(app);
    expect([before['consent'], after['consent']]).toEqual([0, 5]);
    expect(after['interview']).toBe(before['interview']);
  });

  it('with one file mended goes on where it stopped; the broken one had left nothing', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const broken = { ...files, 'windows.srt': 'just some words that nobody said' };
    const others = rows.filter(({ file }) => file !== 'windows.srt');
    const report = await ok(studyId, zipWith(rows, broken));
    expect(report).toMatchObject({ complete: true, imported: 4, failed: 1 });
    expect(report.files[2]).toMatchObject({
      file: 'windows.srt',
      status: 'failed',
      problem: { code: expect.stringMatching(/^transcript-/) as string },
    });
    expect(await tablesHolding(app, 'P-03')).toEqual([]);
    const withBroken = await rowCounts(app);
    const twin = await startTestApp();
    try {
      await twin.moveClock(IMPORT_NOW);
      await importInto(twin, await aStudy(twin), zipWith(others, files));
      expect(withBroken).toEqual(await rowCounts(twin));
    } finally {
      await twin.close();
    }
    const mended = await ok(studyId, zipWith(rows, files));
    expect(mended).toMatchObject({ imported: 1, failed: 0 });
    expect(statuses(mended.files)['windows.srt']).toBe('imported');
  });

  it('sent twice at once stores everything once', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const answers = await Promise.all([
      importInto(app, studyId, zipWith(rows, files)),
      importInto(app, studyId, zipWith(rows.toReversed(), files)),
      importInto(app, studyId, zipWith(rows, files)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const became = answers.flatMap(({ body }) => body.files as ImportedFile[]);
    for (const { file } of rows) {
      const here = became.filter((one) => one.file === file);
      expect(here.map(({ status }) => status).sort()).toEqual([
        'already_imported',
        'already_imported',
        'imported',
      ]);
      expect(new Set(here.map(({ interviewId }) => interviewId)).size).toBe(1);
    }
    expect(await rowCounts(app)).toMatchObject({ participant: 5, interview: 5, consent: 5 });
  });

  it('into two studies at once makes each person once', async () => {
    const studies = [await aStudy(app), await aStudy(app), await aStudy(app)];
    const { rows, files } = fivePeople();
    const answers = await Promise.all(
      studies.map((studyId) => importInto(app, studyId, zipWith(rows, files))),
    );
    expect(answers.map(({ status, body }) => [status, body.imported])).toEqual([
      [200, 5],
      [200, 5],
      [200, 5],
    ]);
    expect(await rowCounts(app)).toMatchObject({ participant: 5, interview: 15, consent: 5 });
  });

  it('goes on with the next file when the time was up, however short it is', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const actor = await actingMember(app);
    const zip = Buffer.from(zipWith(rows, files));
    const service = app.app.get(StudyImportsService);
    for (let round = 1; round <= 5; round += 1) {
      const report = await service.run(actor, studyId, zip, 0);
      expect([report.complete, report.imported]).toEqual([round === 5, 1]);
      expect(report.files.map(({ status }) => status)).toEqual(
        rows.map((_, at) =>
          at < round - 1 ? 'already_imported' : at === round - 1 ? 'imported' : 'pending',
        ),
      );
    }
  });
});

describe('the people of a zip', () => {
  it('who asked to be forgotten do not come back', async () => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const { files: imported } = await ok(studyId, zipWith(rows, files));
    const person = imported[0]?.participantIds?.[0];
    await app.ok('post', `/v1/participants/${person}/erasure`);
    const open = await sheetOf(studyId);
    expect(open.map(({ interviewId }) => interviewId)).not.toContain(imported[0]?.interviewId);
    const named = await app.send('put', `/v1/studies/${studyId}/speakers`, {
      interviews: [
        {
          interviewId: imported[0]?.interviewId,
          speakers: [{ speaker: PEOPLE[0]?.name, participantId: person }],
        },
      ],
    });
    expect([named.status, named.body.code]).toEqual([409, 'participant-erased']);
    const before = await rowCounts(app);
    const again = await ok(studyId, zipWith(rows, files));
    expect(again.imported).toBe(0);
    const other = await ok(
      studyId,
      zipWith([{ file: 'new.vtt', person: `erased-${person}` }], {
        'new.vtt': teamsVtt(talkOf('Somebody', 'I have one more thing to say.')),
      }),
    );
    expect(other.files).toMatchObject([
      { status: 'failed', problem: { code: 'participant-erased' } },
    ]);
    expect(await rowCounts(app)).toEqual(before);
  });

  it.each([
    ['2026-03-02T09:00:00Z,form,1', '/consent/givenAt', 'in-future'],
    ['2026-02-01T09:00:00Z,form,1,2026-01-01T00:00:00Z', '/consent/retainUntil', 'before-given'],
  ])('with a consent that cannot be (%s) fail alone', async (consent, pointer, code) => {
    const studyId = await aStudy(app);
    const { rows, files } = fivePeople();
    const [given = '', how = '', notice = '', retainUntil = ''] = consent.split(',');
    const header = 'file,person,started_at,ended_at,interviewer,consent_scopes,consent_given_at,';
    const line = ({ file, person }: { file: string; person: string }, isWrong: boolean) =>
      `${file},${person},2026-02-10T10:00:00Z,2026-02-10T10:40:00Z,Researcher,` +
      (isWrong ? `take_part,${given},${how},${notice},${retainUntil}` : ',,,,');
    const manifest = [
      `${header}consent_how,notice_version,retain_until`,
      ...rows.map((row, at) => line(row, at === 1)),
    ].join('\n');
    const report = await ok(studyId, zipOf({ 'manifest.csv': manifest, ...files }));
    expect(report).toMatchObject({ imported: 4, failed: 1 });
    expect(report.files[1]?.problem?.errors).toEqual([{ pointer, code }]);
    expect(await tablesHolding(app, 'P-02')).toEqual([]);
  });
});
