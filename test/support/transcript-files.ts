import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { REPOSITORY } from './source-files.js';

/** Transcripts as the tools export them, from turns: for tests that import or read files. */
export interface SpokenLine {
  speaker: string;
  text: string;
  startMs: number;
}

/** An invented export that is kept with the tests. */
export function transcriptFixture(name: string): string {
  return readFileSync(join(REPOSITORY, 'test', 'fixtures', 'transcripts', name), 'utf8');
}

/** Microsoft Teams: a GUID as cue id, the speaker as voice span, entities in the text. */
export function teamsVtt(turns: readonly SpokenLine[]): string {
  const cues = turns.map(
    (turn, index) =>
      `7f0c1b52-6a4b-4f0e-9a7e-0c5c6b0a1e11/${index}-0\n${timing(turns, index, '.')}\n` +
      `<v ${escaped(turn.speaker)}>${escaped(turn.text)}</v>`,
  );
  return `WEBVTT\n\n${cues.join('\n\n')}\n`;
}

/** Zoom: numbered cues; the name stands before the text only when the speaker changes. */
export function zoomVtt(turns: readonly SpokenLine[]): string {
  const cues = turns.map(
    (_, index) => `${index + 1}\n${timing(turns, index, '.')}\n${escaped(named(turns, index))}`,
  );
  return `WEBVTT\n\n${cues.join('\n\n')}\n`;
}

/** SRT as Windows tools write it: byte order mark, CRLF, comma before the fraction. */
export function srt(turns: readonly SpokenLine[]): string {
  const cues = turns.map(
    (_, index) => `${index + 1}\n${timing(turns, index, ',')}\n${named(turns, index)}`,
  );
  return `\ufeff${cues.join('\n\n')}\n`.replaceAll('\n', '\r\n');
}

/** Otter: a header, then name, two spaces and time above each paragraph. */
export function otter(turns: readonly SpokenLine[]): string {
  const speakers = Array.from(new Set(turns.map(({ speaker }) => speaker)));
  const header = `Talk\nSUMMARY KEYWORDS\ntalk\nSPEAKERS\n${speakers.join(', ')}\n`;
  const paragraphs = turns.map((turn) => `${turn.speaker}  ${minutes(turn.startMs)}\n${turn.text}`);
  return `${header}\n${paragraphs.join('\n\n')}\n`;
}

/** `Name: text`, a line each. */
export function namedLines(turns: readonly SpokenLine[]): string {
  return turns.map(({ speaker, text }) => `${speaker}: ${text}\n`).join('');
}

/** JSON of the podcast namespace, a segment per turn. */
export function podcastJson(turns: readonly SpokenLine[]): string {
  const segments = turns.map(({ speaker, text, startMs }, index) => ({
    speaker,
    startTime: startMs / 1000,
    endTime: endMs(turns, index) / 1000,
    body: text,
  }));
  return JSON.stringify({ version: '1.0.0', segments });
}

/** `word/document.xml` as Teams writes it: name, time and words in one paragraph. */
export function documentXml(turns: readonly SpokenLine[]): string {
  const paragraphs = turns.map(
    ({ speaker, text, startMs }) =>
      `<w:p><w:r><w:rPr><w:b/></w:rPr>${wordText(speaker)}</w:r>` +
      `<w:r>${wordText(`   ${minutes(startMs)}`)}<w:br/></w:r><w:r>${wordText(text)}</w:r></w:p>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">' +
    `<w:body>${paragraphs.join('')}</w:body></w:document>`
  );
}

/** The smallest Word file that Word opens. */
export function docx(turns: readonly SpokenLine[]): Uint8Array {
  return zipOf({
    '[Content_Types].xml':
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
      '<Default Extension="rels" ' +
      'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      '<Default Extension="xml" ContentType="application/xml"/>' +
      '<Override PartName="/word/document.xml" ContentType=' +
      '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels':
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
      '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/' +
      'relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml': documentXml(turns),
  });
}

/** A zip of these files, deflated. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === 'string' ? strToU8(content) : content,
      ]),
    ),
  );
}

function named(turns: readonly SpokenLine[], index: number): string {
  const { speaker = '', text = '' } = turns[index] ?? {};
  return turns[index - 1]?.speaker === speaker ? text : `${speaker}: ${text}`;
}

function timing(turns: readonly SpokenLine[], index: number, point: string): string {
  const start = turns[index]?.startMs ?? 0;
  return `${clock(start, point)} --> ${clock(endMs(turns, index), point)}`;
}

/** A turn lasts until the next one begins, or four seconds. */
function endMs(turns: readonly SpokenLine[], index: number): number {
  const start = turns[index]?.startMs ?? 0;
  return Math.max(start, turns[index + 1]?.startMs ?? start + 4_000);
}

function clock(ms: number, point: string): string {
  const [hours, minute, second] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ].map((part) => String(part).padStart(2, '0'));
  return `${hours}:${minute}:${second}${point}${String(ms % 1000).padStart(3, '0')}`;
}

function minutes(ms: number): string {
  const second = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  const minute = Math.floor(ms / 60_000) % 60;
  const hour = Math.floor(ms / 3_600_000);
  return hour === 0
    ? `${minute}:${second}`
    : `${hour}:${String(minute).padStart(2, '0')}:${second}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function wordText(text: string): string {
  return `<w:t xml:space="preserve">${escaped(text)}</w:t>`;
}
