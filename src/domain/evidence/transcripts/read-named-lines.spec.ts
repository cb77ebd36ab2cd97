import { transcriptFixture } from '../../../../test/support/transcript-files.js';
import { readNamedLines } from './read-named-lines.js';

const read = (text: string) =>
  readNamedLines(text).turns.map(({ speaker, text: words }) => `${speaker}|${words}`);

describe('lines with names', () => {
  it('reads times, goes on without a name, leaves a title to nobody', () => {
    expect(readNamedLines(transcriptFixture('lines.txt'))).toEqual({
      format: 'named_lines',
      turns: [
        { speaker: null, text: 'Invented talk, third of May' },
        { speaker: 'Interviewer', text: 'Was it the price?', startMs: 5_000 },
        {
          speaker: 'P-014',
          text: 'No. Not only. It was the import, and the waiting.',
          startMs: 9_000,
        },
        { speaker: 'Interviewer', text: 'And then?', startMs: 21_000 },
        { speaker: 'P-014', text: 'Then we left.', startMs: 24_000 },
      ],
      notes: [
        '1 cue or line names no speaker (line 1).',
        '2 cues or lines had no speaker: taken as the speaker before (the first: line 5).',
      ],
    });
  });

  it.each([
    ['names of several words', 'Dr. Anna von Braun: hi', ['Dr. Anna von Braun|hi']],
    ['a family name first', 'Virtanen, Anna: hi', ['Virtanen, Anna|hi']],
    ['pronouns', 'Anna (she/her): hi', ['Anna (she/her)|hi']],
    ['a role in brackets', 'Anna (guest): hi', ['Anna (guest)|hi']],
    ['a full-width colon', '李雷：你好', ['李雷|你好']],
    ['captions for the deaf', '>> ANNA: hi\n>> hello', ['ANNA|hi hello']],
    ['a time behind the name', 'Anna (00:12): hi\nAnna (00:15): ho', ['Anna|hi ho']],
    [
      'names in small letters that come again',
      'anna: hi\nben: ho\nanna: so\nben: no',
      ['anna|hi', 'ben|ho', 'anna|so', 'ben|no'],
    ],
    ['a sentence with a colon', 'Anna: hi\nthen I said: stop', ['Anna|hi then I said: stop']],
    ['a time that was said', 'Anna: hi\n10:30 works: for me', ['Anna|hi 10:30 works: for me']],
    [
      'an address',
      'Anna: see\nhttps://example.org/: there',
      ['Anna|see https://example.org/: there'],
    ],
    ['invisible marks in a name', 'An\u200bna: hi\nAnna: ho', ['Anna|hi ho']],
    ['old line ends', 'Anna: hi\rBen: ho', ['Anna|hi', 'Ben|ho']],
  ])('reads %s', (_, text, turns) => {
    expect(read(text)).toEqual(turns);
  });

  it('refuses text in which nobody is named', () => {
    expect(() => readNamedLines('\n\nsecret words\nand so on')).toThrow(
      expect.objectContaining({
        code: 'transcript-unreadable',
        message: 'Line 3: no line from here on begins with a speaker and a colon.',
        errors: [{ pointer: '/lines/3', code: 'no-speaker-line' }],
      }),
    );
  });
});
