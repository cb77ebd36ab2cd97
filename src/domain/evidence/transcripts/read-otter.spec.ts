import { transcriptFixture } from '../../../../test/support/transcript-files.js';
import { readOtter, speakerLineOf } from './read-otter.js';

describe('Otter text', () => {
  it('leaves the header and the signature out and keeps paragraphs in one turn', () => {
    expect(readOtter(transcriptFixture('otter-long.txt'))).toEqual({
      format: 'otter',
      turns: [
        { speaker: 'Interviewer', startMs: 3_000, text: 'Why did you leave?' },
        {
          speaker: 'P-021',
          startMs: 9_000,
          text:
            'Because the bill came at 10:30 and nobody told us. Honestly: nobody. ' +
            'We had asked twice.',
        },
        { speaker: 'Interviewer', startMs: 3_724_000, text: 'Thank you.' },
      ],
      notes: [
        '6 lines before the first speaker left out (the first: line 1).',
        '1 line left out: written by the tool, not said (line 23).',
      ],
    });
  });

  it('joins the paragraphs of one speaker', () => {
    const { turns } = readOtter(transcriptFixture('own-otter.txt'));
    expect(turns).toEqual([
      expect.objectContaining({ speaker: 'Interviewer', startMs: 2_000 }),
      expect.objectContaining({ speaker: 'P-014', startMs: 7_000 }),
    ]);
    expect(turns[1]?.text).toContain('That was the moment. Honestly?');
  });

  it.each([
    ['Anna  0:03', 'Anna', 3_000],
    ['Anna\t0:03', 'Anna', 3_000],
    ['Anna Maria von Braun   1:02:04  ', 'Anna Maria von Braun', 3_724_000],
    ['Speaker 1  00:07', 'Speaker 1', 7_000],
    ['李雷  12:00', '李雷', 720_000],
  ])('%j is a speaker and a time', (line, speaker, startMs) => {
    expect(speakerLineOf(line)).toEqual({ speaker, startMs });
  });

  it.each([
    ['We met at 10:30'],
    ['0:03'],
    ['  0:03'],
    ['Anna  0:63'],
    ['Anna  1:63:00'],
    ['Anna  200:00:00'],
    ['Anna'],
    ['\u200b  0:03'],
    [`${'A'.repeat(600)}  0:03`],
  ])('%j is none', (line) => {
    expect(speakerLineOf(line)).toBeNull();
  });

  it('refuses text without a speaker line, and one without words', () => {
    expect(() => readOtter('\nsecret words')).toThrow(
      expect.objectContaining({
        code: 'transcript-unreadable',
        message: 'Line 2: no line from here on has a speaker and a time.',
      }),
    );
    expect(() => readOtter('Anna  0:03\n\n')).toThrow(
      expect.objectContaining({ code: 'transcript-empty' }),
    );
  });
});
