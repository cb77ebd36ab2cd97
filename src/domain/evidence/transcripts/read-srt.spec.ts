import { readFileSync } from 'node:fs';
import SrtParser from 'srt-parser-2';
import { describeWith, sharedFile } from '../../../../test/support/shared-data.js';
import { transcriptFixture } from '../../../../test/support/transcript-files.js';
import { readSrt } from './read-srt.js';
import { foldSpace } from './transcript-text.js';

/** Every word and every beginning of a turn, as another reader of the format finds them. */
function agreesWithWitness(file: string): void {
  const names = new Set(readSrt(file).turns.map(({ speaker }) => `${speaker}: `));
  const theirs = new SrtParser().fromSrt(file.replace(/^\ufeff/, '')).map((cue) => {
    const words = foldSpace(cue.text.replace(/<[^>]*>|\{[^}]*\}/g, ''));
    const name = Array.from(names).find((prefix) => words.startsWith(prefix)) ?? '';
    return { text: words.slice(name.length), startMs: Math.round(cue.startSeconds * 1000) };
  });
  const { turns } = readSrt(file);
  expect(turns.map(({ text }) => text).join(' ')).toBe(theirs.map(({ text }) => text).join(' '));
  for (const turn of turns) {
    const begins = theirs.find(({ startMs }) => startMs === turn.startMs);
    expect(turn.text.startsWith(begins?.text ?? 'no cue begins here')).toBe(true);
  }
}

describe('SRT', () => {
  it.each(['own-bom-crlf.srt', 'tags.srt'])('reads %s as srt-parser-2 does', (name) => {
    agreesWithWitness(transcriptFixture(name));
  });

  const podcast = sharedFile('evidence', 'transcripts', 'podcast-namespace-example.srt');
  describeWith(podcast, 'the example of the podcast namespace', (path) => {
    it('is read as srt-parser-2 does', () => {
      agreesWithWitness(readFileSync(path, 'utf8'));
    });
  });

  it('takes markup off, keeps numbers that were said, carries the speaker over', () => {
    expect(readSrt(transcriptFixture('tags.srt')).turns).toEqual([
      { speaker: 'Interviewer', startMs: 1_000, text: 'Miksi lopetit?' },
      { speaker: 'P-021', startMs: 4_000, text: 'Koska väri oli väärä 🙂 ja hinta nousi 2' },
      { speaker: 'Interviewer', startMs: 12_000, text: 'Kiitos.' },
    ]);
  });

  it('knows what may stand behind the times', () => {
    const { turns } = readSrt('1\n00:00:01,000 --> 00:00:02,000 X1:10 X2:20 Y1:5 Y2:9\nAnna: hi');
    expect(turns).toEqual([{ speaker: 'Anna', startMs: 1_000, text: 'hi' }]);
  });

  it('takes text behind an empty line as more of the cue', () => {
    const { turns, notes } = readSrt(
      '1\n00:00:01,000 --> 00:00:02,000\nAnna: one\n\ntwo\n\n2\n00:00:02,000 --> 00:00:03,000\nthree',
    );
    expect(turns).toEqual([{ speaker: 'Anna', startMs: 1_000, text: 'one two three' }]);
    expect(notes).toEqual([
      '1 block without a time: taken as more of the cue before (line 2).',
      '1 cue or line had no speaker: taken as the speaker before (line 8).',
    ]);
  });

  it('changes the speaker inside a cue at a name that the file uses elsewhere', () => {
    const time = '00:00:01,000 --> 00:00:02,000';
    const { turns } = readSrt(
      `1\n${time}\n- Anna: Why?\n- Ben: Because.\n\n2\n${time}\nBen: Truly.\n\n3\n${time}\nBen: Yes.`,
    );
    expect(turns.map(({ speaker, text }) => `${speaker}|${text}`)).toEqual([
      'Anna|Why?',
      'Ben|Because. Truly. Yes.',
    ]);
  });

  it.each([
    ['text without times', 'secret words\n\nand more', 'transcript-unreadable', '/lines/1'],
    ['only broken times', '1\n00:00 -> x --> y\nsecret', 'transcript-unreadable', '/lines/2'],
    [
      'a time past a hundred hours',
      '1\n101:00:00,000 --> 101:00:01,000\nsecret',
      'transcript-unreadable',
      '/lines/2',
    ],
    ['no words', '1\n00:00:01,000 --> 00:00:02,000\n\n', 'transcript-empty', ''],
  ])('refuses %s', (_, text, code, pointer) => {
    expect(() => readSrt(text)).toThrow(
      expect.objectContaining({ code, errors: [expect.objectContaining({ pointer })] }),
    );
    expect(() => readSrt(text)).not.toThrow(/secret/);
  });
});
