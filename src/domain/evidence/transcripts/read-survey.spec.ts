import { readSurvey } from './read-survey.js';

const ROWS = [
  ['Person', 'Why did  you leave?', 'What did you try?', 'Sent'],
  ['P-014', 'The import\r\n\r\n  failed. ', ' ', '2026-03-01'],
  ['', ' ', '', ''],
  ['P-021', 'Price', 'Another tool'],
  ['P-030', '', '', '2026-03-02'],
];
const read = (rows: string[][], questionColumns?: string[]) =>
  readSurvey({ rows, personColumn: 'Person', ...(questionColumns && { questionColumns }) });

describe('a survey', () => {
  it('makes a talk of every row: the question, then what the person wrote', () => {
    const { responses, notes } = read(ROWS, ['Why did you leave?', 'What did you try?']);
    expect(responses).toEqual([
      {
        person: 'P-014',
        row: 2,
        transcript: {
          format: 'survey',
          turns: [
            { speaker: 'Survey', text: 'Why did you leave?' },
            { speaker: 'P-014', text: 'The import\nfailed.' },
          ],
          notes: ['1 question left unanswered (row 2, column 3).'],
        },
      },
      {
        person: 'P-021',
        row: 4,
        transcript: {
          format: 'survey',
          turns: [
            { speaker: 'Survey', text: 'Why did you leave?' },
            { speaker: 'P-021', text: 'Price' },
            { speaker: 'Survey', text: 'What did you try?' },
            { speaker: 'P-021', text: 'Another tool' },
          ],
          notes: [],
        },
      },
    ]);
    expect(notes).toEqual(['2 rows left out: nothing is answered (the first: row 3).']);
  });

  it('takes every other column as a question unless told', () => {
    const turns = read(ROWS).responses[0]?.transcript.turns.map(({ text }) => text);
    expect(turns).toEqual(['Why did you leave?', 'The import\nfailed.', 'Sent', '2026-03-01']);
  });

  const header = ['Person', 'Why?'];
  it.each([
    ['no rows', [], undefined, 'transcript-empty', ''],
    ['a header alone', [header], undefined, 'transcript-empty', ''],
    ['no answers', [header, ['P', ' ']], undefined, 'transcript-empty', ''],
    [
      'no column of the person',
      [
        ['Name', 'Why?'],
        ['P', 'x'],
      ],
      undefined,
      'transcript-unreadable',
      '/rows/1',
    ],
    [
      'no question',
      [
        ['Person', ' '],
        ['P', 'secret'],
      ],
      undefined,
      'transcript-unreadable',
      '/rows/1',
    ],
    [
      'an unknown question',
      [header, ['P', 'secret']],
      ['How?'],
      'transcript-unreadable',
      '/rows/1',
    ],
    [
      'nobody named',
      [header, ['P', 'x'], [' ', 'secret']],
      undefined,
      'transcript-unreadable',
      '/rows/3',
    ],
    [
      'a person twice',
      [header, ['P', 'x'], ['P', 'secret']],
      undefined,
      'transcript-unreadable',
      '/rows/3',
    ],
    [
      'more cells than questions',
      [header, ['P', 'x', 'secret']],
      undefined,
      'transcript-unreadable',
      '/rows/2',
    ],
    [
      'somebody called Survey',
      [header, ['Survey', 'secret']],
      undefined,
      'transcript-unreadable',
      '/rows/2',
    ],
  ])('refuses %s', (_, rows, questions, code, pointer) => {
    expect(() => read(rows, questions)).toThrow(
      expect.objectContaining({ code, errors: [expect.objectContaining({ pointer })] }),
    );
    expect(() => read(rows, questions)).not.toThrow(/secret/);
  });
});
