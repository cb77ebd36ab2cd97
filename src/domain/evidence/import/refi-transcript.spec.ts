import { turnsOfSource } from '../refi/turns-of-source.js';
import { TURN_TEXT_MAX, TURNS_MAX } from '../transcripts/limits.js';
import { transcriptOf } from './refi-transcript.js';

const read = (text: string) => transcriptOf({ turns: turnsOfSource(text) });

describe('a source as a transcript', () => {
  it('has its turns', () => {
    expect(read('Q: Why?\nA: It cost more 😬')).toEqual({
      format: 'named_lines',
      turns: [
        { speaker: 'Q', text: 'Why?' },
        { speaker: 'A', text: 'It cost more 😬' },
      ],
      notes: [],
    });
  });

  it.each([
    ['nothing', '', 'transcript-empty', '', 'empty'],
    [
      'one turn too many',
      'It cost more\n'.repeat(TURNS_MAX + 1),
      'transcript-unreadable',
      `/turns/${TURNS_MAX}`,
      'too-many-turns',
    ],
    [
      'a turn that is too long',
      `Q: Why?\nA: ${'😬'.repeat(TURN_TEXT_MAX + 1)}`,
      'transcript-unreadable',
      '/turns/1',
      'turn-too-long',
    ],
  ])('%s is refused', (_, text, code, pointer, fault) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code, errors: [{ pointer, code: fault }] }),
    );
  });

  it('may be as large as any transcript', () => {
    expect(read('It cost more\n'.repeat(TURNS_MAX)).turns).toHaveLength(TURNS_MAX);
    expect(read('😬'.repeat(TURN_TEXT_MAX)).turns).toHaveLength(1);
  });
});
