import { elementsOf, type XmlElement } from '../../text/xml-node.js';
import { parseClock } from './cue-times.js';
import { SPEAKER_MAX } from './limits.js';
import { readNames } from './read-named-lines.js';
import { readTimedNames, speakerLineOf } from './read-otter.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import { type ParsedTranscript, paragraphPlace, type TextLine } from './transcript.js';
import { foldSpace } from './transcript-text.js';

/** Second copies and words that a tracked change took away. */
const NOT_SHOWN = new Set(['Fallback', 'del', 'moveFrom']);
/** "Anna stopped transcription" is this short in every language that Teams speaks. */
const TOOL_LINE_WORDS_MAX = 5;

interface Paragraph {
  number: number;
  lines: string[];
}

/**
 * A Word document (its `word/document.xml`) as Teams, Otter and people write transcripts: name and
 * time above or beside the words, or `Name: ...`. Places are paragraphs, counted from 1.
 */
export function readDocx(document: XmlElement): ParsedTranscript {
  const notes = new ReadingNotes();
  if (document.name !== 'document' || elementsOf(document, 'body').length === 0) {
    throw unreadable(
      { pointer: '', words: 'the file' },
      'not-a-document',
      'this is not the text of a Word document',
    );
  }
  const paragraphs = paragraphsOf(document).map(withTimeBesideName);
  const speakers = paragraphs.flatMap(({ lines }) => speakerLineOf(lines[0] ?? '')?.speaker ?? []);
  if (speakers.length === 0) {
    return readNames({ format: 'docx', lines: paragraphs.flatMap(linesOfParagraph), notes });
  }
  // A remark stands out only where every named paragraph carries its own words.
  const carryWords = paragraphs.every(
    ({ lines }) => lines.length > 1 || speakerLineOf(lines[0] ?? '') === null,
  );
  const known = new Set(speakers);
  const spoken = paragraphs.filter((paragraph) => {
    const isRemark = carryWords && isToolRemark(paragraph, known);
    if (isRemark) notes.add('not-spoken', paragraphPlace(paragraph.number));
    return !isRemark;
  });
  return readTimedNames({ format: 'docx', lines: spoken.flatMap(linesOfParagraph), notes });
}

/** Every paragraph in reading order, those in tables and text boxes too. */
function paragraphsOf(document: XmlElement): Paragraph[] {
  const texts: string[] = [];
  const walk = (element: XmlElement, own: string[] | null): void => {
    if (NOT_SHOWN.has(element.name)) return;
    if (element.name !== 'p') {
      if (own !== null) own.push(charactersOf(element));
      for (const child of elementsOf(element)) walk(child, own);
      return;
    }
    const parts: string[] = [];
    const place = texts.push('') - 1;
    for (const child of elementsOf(element)) walk(child, parts);
    texts[place] = parts.join('');
  };
  walk(document, null);
  return texts.map((text, index) => ({ number: index + 1, lines: text.split('\n') }));
}

/** What one element of a run stands for; elements inside it are asked on their own. */
function charactersOf(element: XmlElement): string {
  switch (element.name) {
    case 't':
      return element.children.filter((child) => typeof child === 'string').join('');
    case 'tab':
      return '\t';
    case 'br':
    case 'cr':
      return '\n';
    case 'noBreakHyphen':
      return '\u2011';
    default:
      return '';
  }
}

/** Name, time and words under each other become the one line with both, then the words. */
function withTimeBesideName({ number, lines }: Paragraph): Paragraph {
  const [name = '', time = '', ...words] = lines;
  const isApart = name.trim() !== '' && parseClock(time.trim()) !== null;
  return { number, lines: isApart ? [`${name}\t${time.trim()}`, ...words] : lines };
}

/** A short paragraph without a name of its own that begins with a speaker's: "Anna left". */
function isToolRemark({ lines }: Paragraph, speakers: ReadonlySet<string>): boolean {
  if (lines.length > 1 || speakerLineOf(lines[0] ?? '') !== null) return false;
  const text = foldSpace((lines[0] ?? '').slice(0, 2 * SPEAKER_MAX));
  const words = text.split(' ');
  return words.some(
    (_, count) =>
      words.length - count <= TOOL_LINE_WORDS_MAX && speakers.has(words.slice(0, count).join(' ')),
  );
}

function linesOfParagraph({ number, lines }: Paragraph): TextLine[] {
  return lines
    .filter((text) => text.trim() !== '')
    .map((text) => ({ text, place: paragraphPlace(number) }));
}
