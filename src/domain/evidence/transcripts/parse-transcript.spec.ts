import fc from 'fast-check';
import {
  docx,
  documentXml,
  namedLines,
  otter,
  podcastJson,
  type SpokenLine,
  srt,
  teamsVtt,
  transcriptFixture,
  zoomVtt,
} from '../../../../test/support/transcript-files.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { readZip } from '../../../platform/files/read-zip.js';
import { decodeText } from '../../../platform/files/decode-text.js';
import { Invalid } from '../../errors.js';
import { detectFormat } from './detect-format.js';
import { TURN_TEXT_MAX, TURNS_MAX } from './limits.js';
import { parseTranscript } from './parse-transcript.js';
import { readDocx } from './read-docx.js';
import { type ParsedTranscript, TEXT_FORMATS } from './transcript.js';

const MIB = 2 ** 20;

describe('the format of a text', () => {
  it.each([
    ['own-teams.vtt', 'webvtt'],
    ['own-zoom.vtt', 'webvtt'],
    ['own-bom-crlf.srt', 'srt'],
    ['own-otter.txt', 'otter'],
    ['otter-long.txt', 'otter'],
    ['lines.txt', 'named_lines'],
  ])('%s is %s by what it shows', (name, format) => {
    const text = transcriptFixture(name);
    expect(detectFormat({ text })).toBe(format);
    expect(detectFormat({ text, fileName: 'x.json', contentType: 'text/vtt' })).toBe(format);
    expect(parseTranscript({ text }).format).toBe(format);
  });

  it.each([
    ['{"segments": []}', {}, 'podcast_json'],
    ['\ufeff {}', {}, 'podcast_json'],
    ['nothing here', {}, null],
    ['', {}, null],
    ['nothing here', { fileName: 'A.VTT' }, 'webvtt'],
    ['nothing here', { fileName: 'a.srt' }, 'srt'],
    ['nothing here', { fileName: 'a.constructor' }, null],
    ['nothing here', { contentType: 'Application/X-Subrip; charset=utf-8' }, 'srt'],
    ['nothing here', { contentType: 'text/plain', fileName: 'a.txt' }, null],
  ])('%j with %j is %s', (text, named, format) => {
    expect(detectFormat({ text, ...named })).toBe(format);
  });

  it('is named when the file is not what it is called', () => {
    expect(() => parseTranscript({ text: 'secret words', fileName: 'a.vtt' })).toThrow(
      'Line 1: a WebVTT file begins with the word WEBVTT.',
    );
    expect(() => parseTranscript({ text: 'secret words' })).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/lines/1', code: 'format-unknown' }] }),
    );
  });

  it.each(TEXT_FORMATS)('%s: a blank file is empty, not broken', (format) => {
    expect(() => parseTranscript({ text: '\ufeff \r\n', format })).toThrow(
      expect.objectContaining({ code: 'transcript-empty' }),
    );
  });
});

const speaker = fc.constantFrom('Interviewer', 'P-014', 'Öljy Ääkkönen', '李雷', 'Anna (Guest)');
const word = fc
  .array(
    fc.constantFrom(
      'a',
      'Z',
      'e\u0301',
      'ä',
      '北',
      '😬',
      '\u{1f469}\u200d\u{1f4bb}',
      '𝔸',
      '7',
      'ก็',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((letters) => letters.join(''));
const written = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 1, arbitrary: fc.constantFrom('R&D', '<3', '5>4', 'no.', '10:30', '{x}', '\\n') },
);
/** A talk whose first word of a turn is one, so that nothing looks like a mark of the format. */
const talk = fc
  .array(
    fc.record({
      speaker,
      text: fc
        .tuple(word, fc.array(written, { maxLength: 8 }))
        .map(([first, rest]) => [first, ...rest].join(' ')),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((turns) => turns.map((turn, index) => ({ ...turn, startMs: index * 5_000 })));

/** What must come back: the same words, one turn for each change of speaker. */
function joined(turns: readonly SpokenLine[]): SpokenLine[] {
  const all: SpokenLine[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    if (last?.speaker === turn.speaker) last.text += ` ${turn.text}`;
    else all.push({ ...turn });
  }
  return all;
}

const WRITERS: readonly [string, (turns: SpokenLine[]) => string][] = [
  ['Teams', teamsVtt],
  ['Zoom', zoomVtt],
  ['SRT', srt],
  ['Otter', otter],
  ['podcast JSON', podcastJson],
];

describe('a talk that is written and read back', () => {
  it.each(WRITERS)('is the same from %s, whatever the line ends', (_, write) => {
    fc.assert(
      fc.property(talk, fc.constantFrom('\n', '\r\n', '\r'), (turns, lineEnd) => {
        const text = write(turns).replaceAll('\r\n', '\n').replaceAll('\n', lineEnd);
        expect(parseTranscript({ text }).turns).toEqual(joined(turns));
      }),
    );
  });

  it('is the same from named lines, which tell no times', () => {
    fc.assert(
      fc.property(talk, (turns) => {
        const expected = joined(turns).map(({ speaker: name, text }) => ({ speaker: name, text }));
        expect(parseTranscript({ text: namedLines(turns) }).turns).toEqual(expected);
      }),
    );
  });

  it('is the same from Word', () => {
    fc.assert(
      fc.property(talk, (turns) => {
        expect(readDocx(readXml(documentXml(turns))).turns).toEqual(joined(turns));
      }),
      { numRuns: 30 },
    );
  });

  it('is the same from a Word file', () => {
    const turns = [{ speaker: 'P-014', text: 'väri 😬', startMs: 1_000 }];
    const part = readZip(docx(turns)).find(({ path }) => path === 'word/document.xml');
    expect(readDocx(readXml(decodeText(part?.bytes ?? new Uint8Array()))).turns).toEqual(turns);
  });
});

describe('the limits of a transcript', () => {
  const cues = (count: number, name: (index: number) => string, text = 'x') =>
    teamsVtt(
      Array.from({ length: count }, (_, index) => ({ speaker: name(index), text, startMs: index })),
    );

  it(`takes ${TURNS_MAX} turns and refuses one more`, () => {
    const inTurns = (index: number) => (index % 2 === 0 ? 'Anna' : 'Ben');
    expect(parseTranscript({ text: cues(TURNS_MAX, inTurns) }).turns).toHaveLength(TURNS_MAX);
    expect(() => parseTranscript({ text: cues(TURNS_MAX + 1, inTurns) })).toThrow(
      expect.objectContaining({
        code: 'transcript-unreadable',
        errors: [expect.objectContaining({ code: 'too-many-turns' })],
      }),
    );
  });

  it('reads a hundred thousand cues of one speaker and divides the turn', () => {
    const { turns, notes } = parseTranscript({ text: cues(100_000, () => 'Anna') });
    expect(turns.map(({ text }) => text.length)).toEqual([49_999, 49_999, 49_999, 49_999]);
    expect(notes).toEqual([
      expect.stringMatching(/^3 turns divided between two cues: too long for one/),
    ]);
  });

  it('counts code points, as the stored positions do', () => {
    const full = '😬'.repeat(TURN_TEXT_MAX);
    expect(parseTranscript({ text: cues(1, () => 'Anna', full) }).turns[0]?.text).toBe(full);
    expect(() => parseTranscript({ text: cues(1, () => 'Anna', `${full}x`) })).toThrow(
      'Line 4: more than 50000 characters at once.',
    );
  });
});

/*
 * Half a mebibyte is long enough: an expression that tries every pair of places in it is not done before
 * the test's time is up, and one that reads it once is done at once.
 */
describe('half a mebibyte of one thing', () => {
  const fill = (piece: string) => piece.repeat(Math.ceil(MIB / 2 / piece.length));
  const ON_ONE_LINE = (
    'a _ \t : :_ A:_ --> < <v_ <v. </ <v_a & &# &amp; {\\ {\\a 0: 00:00 __0:03 [ " \\ [[ ' +
    '{"a": e\u0301 \u200b'
  )
    .split(' ')
    .map((piece) => piece.replaceAll('_', ' '));
  const ON_MANY_LINES = ['\n', '\r', 'A: b\n', '-->\n', 'A  0:03\n', '00:01.000 --> 00:02.000\n'];
  const HEADS: Readonly<Record<(typeof TEXT_FORMATS)[number], string>> = {
    webvtt: 'WEBVTT\n\n00:01.000 --> 00:02.000\n',
    srt: '1\n00:00:01,000 --> 00:00:02,000\n',
    otter: 'Anna  0:03\n',
    named_lines: 'Anna: ',
    podcast_json: '{"segments": [{"body": "',
  };

  it.each(TEXT_FORMATS)('on one line are read or refused: %s', (format) => {
    for (const piece of ON_ONE_LINE) {
      const text = HEADS[format] + fill(piece);
      expect(OUTCOMES).toContain(outcomeOf(() => parseTranscript({ text, format })));
    }
  });

  it.each(TEXT_FORMATS)('on many lines are read or refused: %s', (format) => {
    for (const piece of ON_MANY_LINES) {
      const text = HEADS[format] + fill(piece);
      expect(OUTCOMES).toContain(outcomeOf(() => parseTranscript({ text, format })));
    }
  });

  it.each([...ON_ONE_LINE, ...ON_MANY_LINES])('of %j are recognised or refused', (piece) => {
    expect(OUTCOMES).toContain(outcomeOf(() => parseTranscript({ text: fill(piece) })));
  });
});

const OUTCOMES = ['read', 'transcript-empty', 'transcript-unreadable'];

/** Refusals are of our own making: anything else is a fault of the reader. */
function outcomeOf(read: () => ParsedTranscript): string {
  try {
    read();
    return 'read';
  } catch (error) {
    return error instanceof Invalid ? error.code : String(error);
  }
}
