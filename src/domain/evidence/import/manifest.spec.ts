import { MANIFEST_ROWS_MAX, readManifest, SESSION_PEOPLE_MAX } from './manifest.js';

const HEADER = ['file', 'person', 'started_at', 'ended_at', 'interviewer'];
const ROW = ['one.vtt', 'P-01', '2026-02-01T10:00:00Z', '2026-02-01T10:40:00Z', 'Researcher'];
const DEFAULTS = { method: 'interview', population: 'lead' } as const;

const read = (header: string[], ...rows: string[][]) => readManifest([header, ...rows], DEFAULTS);

describe('the list that comes with a zip of transcripts', () => {
  it('takes from the study what a row leaves out', () => {
    const { sessions, errors } = read(HEADER, ROW);
    expect(errors).toEqual([]);
    expect(sessions).toEqual([
      expect.objectContaining({
        file: 'one.vtt',
        method: 'interview',
        modality: 'video',
        interactive: true,
        producedBy: 'asr',
        language: 'und',
        people: [
          expect.objectContaining({
            pseudonym: 'P-01',
            population: 'lead',
            speaksFor: { population: 'lead' },
            consent: null,
            identity: null,
          }),
        ],
      }),
    ]);
  });

  it('reads everything a row can say, in any spelling of the columns', () => {
    const header = [
      ...HEADER.slice(0, 2),
      'Started at',
      'endedAt',
      'Interviewer',
      'population',
      'Stage',
      'from',
      'consent scopes',
      'consent_given_at',
      'consent_how',
      'notice_version',
      'buying_roles',
      'e-mail'.replace('-', ''),
      'method',
      'interactive',
    ];
    const row = [
      ...ROW,
      'ex-customer',
      'pricing',
      '2026-01-01T00:00:00Z',
      'product_decisions; quote_internal',
      '2026-02-01T09:00:00Z',
      'form',
      '3',
      'decider|user',
      'someone@example.org',
      'usability_test',
      'no',
    ];
    const { sessions, errors } = read(header, row);
    expect(errors).toEqual([]);
    expect(sessions[0]).toMatchObject({ method: 'usability_test', interactive: false });
    expect(sessions[0]?.people[0]).toMatchObject({
      population: 'ex_customer',
      buyingRoles: ['decider', 'user'],
      identity: { email: 'someone@example.org' },
      speaksFor: {
        population: 'ex_customer',
        stage: 'pricing',
        from: new Date('2026-01-01T00:00:00Z'),
      },
      consent: { scopes: ['product_decisions', 'quote_internal'], how: 'form', noticeVersion: '3' },
    });
  });

  it('makes one session of the rows of one file, and one per person of a table', () => {
    const group = read(HEADER, ROW, [...ROW.slice(0, 1), 'P-02', ...ROW.slice(2)]);
    expect(group.sessions.map(({ people }) => people.length)).toEqual([2]);
    const table = read(
      [...HEADER, 'method'],
      ['a.csv', 'P-01', ...ROW.slice(2), 'open_ended_survey'],
      ['a.csv', 'P-02', ...ROW.slice(2), 'open_ended_survey'],
    );
    expect(table.sessions.map(({ people, modality }) => [people.length, modality])).toEqual([
      [1, 'async'],
      [1, 'async'],
    ]);
  });

  it.each([
    ['no header', [], [], '/manifest/rows/0/file', 'missing'],
    ['an unknown column', [...HEADER, 'mood'], [], '/manifest/columns/5', 'unknown-column'],
    ['a missing column', HEADER.slice(0, 4), [], '/manifest/rows/0/interviewer', 'missing'],
    ['no person', HEADER, [['a', '', ...ROW.slice(2)]], '/manifest/rows/1/person', 'missing'],
    [
      'a date without a zone',
      HEADER,
      [['a', 'P', '2026-02-01', ...ROW.slice(3)]],
      '/manifest/rows/1/started_at',
      'invalid-timestamp',
    ],
    [
      'an end before the start',
      HEADER,
      [['a', 'P', ROW[3] ?? '', ROW[2] ?? '', 'R']],
      '/manifest/rows/1/ended_at',
      'ends-before-it-starts',
    ],
    [
      'an unknown population',
      [...HEADER, 'population'],
      [[...ROW, 'everybody']],
      '/manifest/rows/1/population',
      'not-in-set',
    ],
    [
      'an unknown scope',
      [...HEADER, 'consent_scopes', 'consent_given_at', 'consent_how', 'notice_version'],
      [[...ROW, 'everything', '', '', '']],
      '/manifest/rows/1/consent_scopes',
      'not-in-set',
    ],
    [
      'a consent without its date',
      [...HEADER, 'consent_scopes', 'consent_how', 'notice_version'],
      [[...ROW, 'record', 'form', '1']],
      '/manifest/rows/1/consent_given_at',
      'missing',
    ],
    ['a person twice', HEADER, [ROW, ROW], '/manifest/rows/2/person', 'listed-twice'],
    [
      'rows that disagree about one session',
      HEADER,
      [ROW, ['one.vtt', 'P-02', '2026-02-01T11:00:00Z', '2026-02-01T11:40:00Z', 'Researcher']],
      '/manifest/rows/2/file',
      'session-disagrees',
    ],
  ])('%s', (_, header, rows, pointer, code) => {
    const { errors } = readManifest(header.length === 0 ? [[]] : [header, ...rows], DEFAULTS);
    expect(errors).toContainEqual({ pointer, code });
  });

  it.each([
    ['a column twice', [...HEADER, 'Person'], [], '/manifest/rows/0/person', 'listed-twice'],
    [
      'one row too many',
      HEADER,
      Array.from({ length: MANIFEST_ROWS_MAX + 1 }, () => ROW),
      `/manifest/rows/${MANIFEST_ROWS_MAX + 1}/file`,
      'too-many-rows',
    ],
    [
      'one person too many in a talk',
      HEADER,
      Array.from({ length: SESSION_PEOPLE_MAX + 1 }, (_, at) => ['a', `P${at}`, ...ROW.slice(2)]),
      `/manifest/rows/${SESSION_PEOPLE_MAX + 1}/person`,
      'too-many-people',
    ],
    [
      'rows of one talk that disagree about who could ask back',
      [...HEADER, 'interactive'],
      [
        [...ROW, 'yes'],
        ['one.vtt', 'P-02', ...ROW.slice(2), 'no'],
      ],
      '/manifest/rows/2/file',
      'session-disagrees',
    ],
    [
      'a table that was no writing',
      [...HEADER, 'method'],
      [['a.csv', ...ROW.slice(1), 'interview']],
      '/manifest/rows/1/method',
      'not-written',
    ],
    [
      'a name that no database keeps',
      HEADER,
      [['one.vtt', 'P\u0000', ...ROW.slice(2)]],
      '/manifest/rows/1/person',
      'unreadable-character',
    ],
    [
      'a cell that is too long',
      HEADER,
      [['one.vtt', 'P'.repeat(201), ...ROW.slice(2)]],
      '/manifest/rows/1/person',
      'too-long',
    ],
  ])('%s', (_, header, rows, pointer, code) => {
    expect(readManifest([header, ...rows], DEFAULTS).errors).toEqual([{ pointer, code }]);
  });

  it('names no more mistakes than somebody would mend at once', () => {
    const rows = Array.from({ length: 500 }, () => ['a', '', ...ROW.slice(2)]);
    expect(readManifest([HEADER, ...rows], DEFAULTS).errors).toHaveLength(200);
  });

  it('takes a table for written answers, whatever the study is', () => {
    const { sessions } = read(HEADER, ['Answers.CSV', ...ROW.slice(1)]);
    expect(sessions).toMatchObject([
      { method: 'open_ended_survey', modality: 'async', interactive: false, producedBy: 'human' },
    ]);
  });

  it('reads names as a zip has them, composed', () => {
    const { sessions } = read(HEADER, ['a\u0308.vtt', ...ROW.slice(1)]);
    expect(sessions[0]?.file).toBe('\u00e4.vtt');
  });

  it('skips empty rows', () => {
    expect(read(HEADER, ['', '', '', '', ''], ROW).sessions).toHaveLength(1);
  });
});
