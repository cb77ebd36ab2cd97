import type { TestApp } from './test-app.js';
import { docx, otter, type SpokenLine, srt, teamsVtt, zipOf, zoomVtt } from './transcript-files.js';

/** A whole study as one zip. Everybody in it, and every word, is invented. */

export type ZipFiles = Record<string, string | Uint8Array>;

/** When the clock of the tests stands; the talks were before, the consents before them. */
export const IMPORT_NOW = '2026-03-01T12:00:00Z';

const HEADER =
  'file,person,started_at,ended_at,interviewer,name,email,population,stage,consent_scopes,' +
  'consent_given_at,consent_how,notice_version,method';
const CONSENT = 'take_part product_decisions quote_internal,2026-02-01T09:00:00Z,form,1';

export interface ManifestRow {
  file: string;
  person: string;
  name?: string;
  email?: string;
  consent?: string;
  method?: string;
}

export function manifestOf(rows: readonly ManifestRow[]): string {
  const lines = rows.map(
    ({ file, person, name = '', email = '', consent = CONSENT, method = '' }) =>
      [
        file,
        person,
        '2026-02-10T10:00:00Z',
        '2026-02-10T10:40:00Z',
        'Researcher',
        name,
        email,
        'lead',
        'pricing',
        consent,
        method,
      ].join(','),
  );
  return [HEADER, ...lines].join('\n');
}

/** Two questions and two answers; the second one is of the person alone. */
export function talkOf(speaker: string, own: string): SpokenLine[] {
  return [
    { speaker: 'Researcher', text: 'What happened on the day you left?', startMs: 0 },
    { speaker, text: 'I was on the pricing page, comparing.', startMs: 6_000 },
    { speaker: 'Researcher', text: 'And then?', startMs: 14_000 },
    { speaker, text: own, startMs: 17_000 },
  ];
}

export interface InventedPerson {
  pseudonym: string;
  /** As the tool names them, and the vault. */
  name: string;
  says: string;
}

export const PEOPLE: readonly InventedPerson[] = [
  ['P-01', 'Ilmatar Keksitty', 'I could not tell the total & that made me close the page.'],
  ['P-02', 'Benoît Inventé', 'Nobody had told me that the seats were billed for a year 😬.'],
  ['P-03', 'Erfundene Person', 'I rang a colleague, and she had never understood it either.'],
  ['P-04', 'Made Upperson', 'The number on the invoice was not the number on the page.'],
  ['P-05', 'Nobody Atall', 'I went to the shop that writes one price and nothing else.'],
].map(([pseudonym = '', name = '', says = '']) => ({ pseudonym, name, says }));

/** One format for each person, under the names of the tools. */
const FORMATS: readonly [string, (turns: readonly SpokenLine[]) => string | Uint8Array][] = [
  ['teams.vtt', teamsVtt],
  ['zoom.vtt', zoomVtt],
  ['windows.srt', srt],
  ['otter.txt', otter],
  ['word.docx', docx],
];

/** Five people in five formats, with their manifest. */
export function fivePeople(): { rows: ManifestRow[]; files: ZipFiles } {
  const rows: ManifestRow[] = [];
  const files: ZipFiles = {};
  for (const [at, { pseudonym, name, says }] of PEOPLE.entries()) {
    const [file = '', write = teamsVtt] = FORMATS[at] ?? [];
    rows.push({ file, person: pseudonym, name, email: `${pseudonym}@example.org` });
    files[file] = write(talkOf(name, says));
  }
  return { rows, files };
}

export function zipWith(rows: readonly ManifestRow[], files: ZipFiles): Uint8Array {
  return zipOf({ 'manifest.csv': manifestOf(rows), ...files });
}

export interface ImportedFile {
  file: string;
  person?: string;
  status: string;
  interviewId?: string;
  participantIds?: string[];
  guesses?: { speaker: string; role: string; participantId?: string; why: string }[];
  problem?: { code: string; errors?: { pointer: string; code: string }[] };
  notes?: string[];
}

export function importInto(app: TestApp, studyId: string, zip: string | Uint8Array) {
  return app.upload(`/v1/studies/${studyId}/import`, 'application/zip', zip);
}

/** How many rows every table has. */
export async function rowCounts(app: TestApp): Promise<Record<string, number>> {
  const tables = await app.sql<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await app.sql<{ n: number }>(`SELECT count(*)::int AS n FROM "${name}"`);
    counts[name] = row?.n ?? 0;
  }
  return counts;
}

/** In which tables some row holds this text, as text or as bytes. */
export async function tablesHolding(app: TestApp, text: string): Promise<string[]> {
  const found: string[] = [];
  const hex = Buffer.from(text).toString('hex');
  for (const name of Object.keys(await rowCounts(app))) {
    const rows = await app.sql(
      `SELECT 1 FROM "${name}" AS row WHERE position(lower($1) in lower(row::text)) > 0
         OR position($2 in row::text) > 0 LIMIT 1`,
      [text, hex],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
