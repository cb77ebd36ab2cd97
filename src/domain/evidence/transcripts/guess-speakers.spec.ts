import { guessSpeakers, speakersOf } from './guess-speakers.js';

const person = { ref: 'row-1', names: ['P-014', 'Anna Virtanen'] };
const shares = (...list: (string | null)[]) => list.map((speaker) => ({ speaker, words: 100 }));
const guess = (speakers: ReturnType<typeof shares>, interviewer?: string, whom = person) =>
  guessSpeakers({
    speakers,
    person: whom,
    ...(interviewer === undefined ? {} : { interviewer }),
  }).map(
    ({ speaker, role, participantRef, why }) =>
      `${speaker}: ${role}${participantRef === undefined ? '' : ` ${participantRef}`}, ${why}`,
  );

describe('who speaks', () => {
  it.each([
    ['P-014'],
    ['p-014'],
    ['P014'],
    ['P 014 (Guest)'],
    ['ANNA VIRTANEN'],
    ['Virtanen, Anna'],
    ['Anna Virtanen [she/her]'],
  ])('%s is the person', (name) => {
    expect(guess(shares(name))).toEqual([`${name}: participant row-1, same-name`]);
  });

  it.each([
    ['Anna', 'participant row-1, same-first-words'],
    ['Anna Virtanen Finance', 'participant row-1, same-first-words'],
    ['P-015', 'unknown, nothing-fits'],
    ['P', 'unknown, nothing-fits'],
    ['Virtanen', 'unknown, nothing-fits'],
    ['Annabel', 'unknown, nothing-fits'],
    ['?', 'unknown, nothing-fits'],
  ])('%s is %s', (name, expected) => {
    expect(guess(shares(name))).toEqual([`${name}: ${expected}`]);
  });

  it('knows the interviewer, and by that the other one', () => {
    expect(guess(shares('Mika', 'iPhone'), 'Mika Salo')).toEqual([
      'Mika: interviewer, same-first-words',
      'iPhone: participant row-1, the-other-one',
    ]);
    expect(guess(shares('P-014', 'iPhone'))).toEqual([
      'P-014: participant row-1, same-name',
      'iPhone: interviewer, the-other-one',
    ]);
  });

  it('knows who asks in a survey', () => {
    expect(guess(shares('Survey', 'P-014'))).toEqual([
      'Survey: interviewer, same-name',
      'P-014: participant row-1, same-name',
    ]);
  });

  it('takes the one who says most for the participant, where it is clear', () => {
    const speakers = [
      { speaker: 'Speaker 1', words: 100 },
      { speaker: 'Speaker 2', words: 900 },
      { speaker: null, words: 5 },
    ];
    expect(guess(speakers)).toEqual([
      'Speaker 1: interviewer, share-of-words',
      'Speaker 2: participant row-1, share-of-words',
      'null: unknown, no-name',
    ]);
    expect(guess(shares('Speaker 1', 'Speaker 2'))).toEqual([
      'Speaker 1: unknown, nothing-fits',
      'Speaker 2: unknown, nothing-fits',
    ]);
    expect(guess([])).toEqual([]);
  });

  it('guesses nothing among three, nor when a name fits both sides', () => {
    expect(guess(shares('P-014', 'Speaker 1', 'Speaker 2'))).toEqual([
      'P-014: participant row-1, same-name',
      'Speaker 1: unknown, nothing-fits',
      'Speaker 2: unknown, nothing-fits',
    ]);
    expect(guess(shares('Anna', 'iPhone'), 'Anna Korhonen')).toEqual([
      'Anna: unknown, fits-both',
      'iPhone: unknown, nothing-fits',
    ]);
  });

  it('knows nobody without a list', () => {
    expect(guessSpeakers({ speakers: speakersOf([{ speaker: 'Anna', text: 'a b' }]) })).toEqual([
      { speaker: 'Anna', role: 'unknown', why: 'nothing-fits' },
    ]);
  });

  it('counts the words of each in order of appearance', () => {
    expect(
      speakersOf([
        { speaker: 'B', text: 'one two' },
        { speaker: null, text: 'three' },
        { speaker: 'B', text: 'four' },
      ]),
    ).toEqual([
      { speaker: 'B', words: 3 },
      { speaker: null, words: 1 },
    ]);
  });
});
