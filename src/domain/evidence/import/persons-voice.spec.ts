import { personsVoice, type VoicedTurn } from './persons-voice.js';

/** `Q: Why?` is a turn of Q; a line without a name is nobody's. */
const turnsOf = (lines: readonly string[]): VoicedTurn[] =>
  lines.map((line) => {
    const [label, speaker] = /^([\p{L}\d]+): /u.exec(line) ?? ['', null];
    return { speaker: speaker ?? null, text: line.slice(label.length) };
  });

const voice = (lines: string[], askers: string[] = []) =>
  personsVoice({ turns: turnsOf(lines), names: ['P-01', 'Anna Virtanen'], askers });

describe('under which name the person of a source speaks', () => {
  it.each<[string, string[], string | null]>([
    ['their own, whoever else speaks', ['Mo: Hello', 'P01: I left', 'Ed: So'], 'P01'],
    ['the beginning of their own', ['Mo: Hello', 'Anna: I left'], 'Anna'],
    ['the one that answers', ['Q: Why?', 'A: It cost more', 'A: So I left'], 'A'],
    ['the one that answers, in any script', ['س: لماذا؟', 'ج: لأنه غال'], 'ج'],
    ['the one that answers, in quotes too', ['I: “Why?”', 'B: Zu teuer'], 'B'],
    ['none, when only the questions are named', ['Q: Why?', 'It cost more', 'So I left'], null],
    ['theirs, when only the answers are named', ['Why?', 'A: It cost more'], 'A'],
    ['none at all in a diary', ['I looked at it', 'I left'], null],
    ['the only one there is', ['Someone: I left', 'Someone: I came back'], 'Someone'],
    ['theirs, and what nobody is named for is not', ['Tell me more', 'Anna: I left'], 'Anna'],
  ])('%s', (_, lines, speaker) => {
    expect(voice(lines)).toEqual({ speaker });
  });

  it.each<[string, string[]]>([
    ['two speak and nobody asks', ['I: Tell me more', 'B: It cost more']],
    ['two speak and both ask', ['I: Why?', 'B: Why not?']],
    ['three speak and none is the person', ['Q: Why?', 'A: It cost more', 'B: Yes']],
    ['the only named voice asks', ['Q: Why?', 'Q: And then?']],
    ['two names fit the person', ['Anna: I left', 'P01: I left']],
    ['nobody says anything', []],
  ])('cannot be told when %s', (_, lines) => {
    expect(voice(lines)).toBeUndefined();
  });

  it('is what is left beside whoever is said to ask', () => {
    expect(voice(['I: Tell me more', 'B: It cost more'], ['I'])).toEqual({ speaker: 'B' });
    expect(voice(['Moderator: Tell me more', 'It cost more'], ['moderator'])).toEqual({
      speaker: null,
    });
    expect(voice(['I: Tell me more', 'B: It', 'C: Yes'], ['I'])).toBeUndefined();
    expect(voice(['Q: Why?', 'A: It cost more'], ['Somebody else'])).toEqual({ speaker: 'A' });
  });
});
