import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../../../../test/support/source-files.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { Invalid } from '../../errors.js';
import { elementsOf, type XmlElement } from '../../text/xml-node.js';
import { findProjectPath } from './refi-files.js';
import { readRefiProject } from './read-refi-project.js';
import { readRefiCodebook } from './read-refi-codebook.js';

const EVERYTHING = readXml(
  readFileSync(join(REPOSITORY, 'test', 'fixtures', 'refi', 'everything.qde'), 'utf8'),
);
const FILES = new Map([
  ['Sources/one.txt', 'Q: What changed?\nA: The price doubled.\nA: So I left.\n'],
]);

/** A GUID of the fixture, by its last characters. */
const guid = (end: string) => '00000000-0000-4000-8000-000000000000'.slice(0, -end.length) + end;

const project = (inside: string, xmlns = 'urn:QDA-XML:project:1.0') =>
  readXml(`<Project name="p" xmlns="${xmlns}">${inside}</Project>`);

const source = (inside: string, path = 'internal://a.txt') =>
  project(`<Sources><TextSource guid="s" plainTextPath="${path}">${inside}</TextSource></Sources>`);

const selection = (id: string, start: number, end: number, name = '') =>
  `<PlainTextSelection guid="${id}" startPosition="${start}" endPosition="${end}" name="${name}"/>`;

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (fault) {
    if (fault instanceof Invalid) return fault.code;
    throw fault;
  }
  return 'read';
}

describe('readRefiProject', () => {
  const read = readRefiProject(EVERYTHING, FILES);
  const counts = Object.fromEntries(read.loss.map(({ kind, count }) => [kind, count]));

  it('reads codes as a tree, GUIDs with braces or without', () => {
    expect(read).toMatchObject({ name: 'Everything', origin: 'By hand' });
    expect(read.codes).toEqual([
      {
        guid: guid('a'),
        name: 'forces',
        parentGuid: null,
        isCodable: false,
        color: '#ff0000',
        description: 'What moves people.',
      },
      { guid: guid('b'), name: 'push', parentGuid: guid('a'), isCodable: true },
      { guid: guid('c'), name: 'price', parentGuid: guid('b'), isCodable: true },
      { guid: guid('d'), name: 'habit', parentGuid: null, isCodable: true },
    ]);
    expect(read.sets).toEqual([
      {
        guid: guid('71'),
        name: 'polarity',
        description: 'For or against.',
        codeGuids: [guid('b')],
        sourceGuids: [guid('a1')],
        noteGuids: [guid('e1')],
      },
    ]);
    expect(read.notes).toEqual([{ guid: guid('e1'), name: 'Memo', text: 'Ask about May.' }]);
  });

  it('reads people with their variables as they are written, and what is theirs', () => {
    expect(read.cases).toEqual([
      {
        guid: guid('c1'),
        name: 'P1',
        variables: {
          plan: 'team & family',
          paying: 'true',
          seats: '007',
          spend: '1.50',
          since: '2026-01-02',
          seen: '2026-01-02T03:04:05Z',
        },
        sourceGuids: [guid('a1'), guid('d3')],
        selectionGuids: [guid('b1')],
      },
      { guid: guid('c2'), name: '', variables: {}, sourceGuids: [], selectionGuids: [] },
    ]);
  });

  it('reads texts, transcripts and the text of a document', () => {
    expect(read.sources.map(({ guid: id, name, mediaGuid }) => [id, name, mediaGuid])).toEqual([
      [guid('a1'), 'Talk one', undefined],
      [guid('d2'), 'Letter', guid('a3')],
      [guid('d3'), 'Call', guid('a4')],
    ]);
    expect(read.sources[2]?.text).toBe('Mo: Hello?\nP1: I quit in May.');
    expect(read.sources[2]?.selections).toEqual([
      {
        guid: guid('bd'),
        name: 'I quit',
        start: 15,
        end: 21,
        exact: 'I quit',
        checked: true,
        place: { turn: 1, start: 0, end: 6 },
        codeGuids: [guid('b')],
      },
    ]);
  });

  it('reads selections with codes, coder and note', () => {
    expect(read.sources[0]?.selections[0]).toEqual({
      guid: guid('b1'),
      name: 'The price doubled',
      start: 20,
      end: 37,
      exact: 'The price doubled',
      checked: true,
      place: { turn: 1, start: 0, end: 17 },
      codeGuids: [guid('c'), guid('b')],
      creatingUser: 'Coder One',
      note: 'Said twice.',
    });
  });

  it('says what it left out and why', () => {
    expect(counts).toEqual({
      'position-disagrees': 1,
      'position-outside-text': 1,
      'selection-without-position': 2,
      'position-by-specification': 1,
      'position-by-neighbours': 1,
      'crosses-turns': 1,
      'dangling-references': 2,
      'unread-references': 2,
      'sources-without-text': 1,
      'transcripts-without-text': 1,
      'picture-sources': 1,
      'pdf-sources': 1,
      'audio-sources': 1,
      'video-sources': 1,
      'media-selections': 2,
      'unread-selections': 2,
      'repeated-codings': 1,
      'source-codings': 1,
      'case-codes': 1,
      'source-variables': 1,
      variables: 6,
      'variable-types': 6,
      users: 2,
      'user-ids': 1,
      sets: 1,
      notes: 1,
      'note-references': 5,
      links: 1,
      graphs: 1,
      descriptions: 4,
      colours: 1,
      dates: 7,
      authors: 7,
      paths: 5,
      times: 3,
    });
    for (const loss of read.loss) expect(loss.what).toMatch(/^[A-Z].+\.$/);
    expect(read.loss.find(({ kind }) => kind === 'graphs')).toMatchObject({
      parts: 18,
      examples: [guid('81')],
    });
    expect(read.loss.find(({ kind }) => kind === 'position-disagrees')?.examples).toEqual([
      guid('b3'),
    ]);
    expect(read.loss.find(({ kind }) => kind === 'crosses-turns')?.examples).toEqual([guid('b5')]);
  });

  it('drops nothing in silence: whatever is taken away is missed in the answer', () => {
    const whole = JSON.stringify(read);
    const unmissed: string[] = [];
    let tried = 0;
    for (const [name, without] of lessByOne(EVERYTHING)) {
      tried += 1;
      let answer = '';
      try {
        answer = JSON.stringify(readRefiProject(without, FILES));
      } catch (fault) {
        answer = String(fault);
      }
      if (answer === whole) unmissed.push(name);
    }
    expect(tried).toBeGreaterThan(300);
    // A code can carry codings unless it says otherwise; nothing refers to a coding; a coder may be
    // said by the selection and by its coding; where a schema lies says nothing.
    expect([...new Set(unmissed)].sort()).toEqual([
      'Code@isCodable',
      'Coding@creatingUser',
      'Coding@guid',
      'PlainTextSelection@creatingUser',
      'Project@schemaLocation',
    ]);
  });

  it('tells of elements, attributes and words that the format does not know', () => {
    const strange = readRefiProject(
      project(
        'words<Users x="1"/><Sources><HologramSource guid="h"/></Sources><Extra><A/></Extra>',
      ),
      new Map(),
    );
    expect(strange.loss.map(({ kind, count, parts }) => [kind, count, parts])).toEqual([
      ['stray-text', 1, 0],
      ['unknown-attributes', 1, 1],
      ['unknown-elements', 2, 4],
    ]);
  });

  it.each([
    ['internal://a.txt', 'sources/a.txt'],
    ['internal://A.TXT', 'Sources/a.txt'],
    ['INTERNAL://Sources/a.txt', 'SOURCES/A.txt'],
    ['sources/a.txt', 'sources/a.txt'],
    ['a.txt', 'sources\\a.txt'],
    ['internal://a.txt', './a.txt'],
  ])('finds the text of %s at %s', (written, path) => {
    const { sources } = readRefiProject(source('', written), new Map([[path, 'words']]));
    expect(sources.map(({ text }) => text)).toEqual(['words']);
  });

  it.each(['relative://a.txt', 'absolute://a.txt', 'internal://../a.txt', 'internal://', ''])(
    'does not look for the text of %s elsewhere',
    (written) => {
      const { sources, loss } = readRefiProject(
        source(selection('x', 0, 1), written),
        new Map([['sources/a.txt', 'words']]),
      );
      expect(sources).toEqual([]);
      expect(loss).toMatchObject([{ kind: 'sources-without-text', count: 1, parts: 8 }]);
    },
  );

  it('takes an emoji, a line break of two and a byte-order mark for one position each', () => {
    const { sources, loss } = readRefiProject(
      source(selection('x', 8, 10, 'no') + selection('y', 2, 4)),
      new Map([['sources/a.txt', '\uFEFFA: \u{1F600}\r\nB: no']]),
    );
    expect(sources[0]?.text).toBe('A: \u{1F600}\r\nB: no');
    expect(sources[0]?.positions).toEqual({
      unit: 'code-point',
      lineBreak: 'one',
      end: 'half-open',
      mark: 'ignored',
      confirmedBy: 1,
    });
    expect(sources[0]?.selections.map(({ exact, place }) => [exact, place])).toEqual([
      ['no', { turn: 1, start: 0, end: 2 }],
      [' \u{1F600}', { turn: 0, start: 0, end: 1 }],
    ]);
    expect(loss.map(({ kind }) => kind)).toEqual(['position-by-neighbours']);
  });

  it('counts an inclusive end as one where words say so', () => {
    const { sources } = readRefiProject(
      source(selection('x', 0, 2, 'one') + selection('y', 4, 6)),
      new Map([['sources/a.txt', 'one two']]),
    );
    expect(sources[0]?.positions.end).toBe('inclusive');
    expect(sources[0]?.selections.map(({ exact }) => exact)).toEqual(['one', 'two']);
  });

  it('keeps one value for a name, and names that objects are born with', () => {
    const value = (id: string, text: string) =>
      `<VariableValue><VariableRef targetGUID="${id}"/><TextValue>${text}</TextValue></VariableValue>`;
    const { cases, loss } = readRefiProject(
      project(
        '<Variables><Variable guid="1" name="__proto__"/><Variable guid="2" name="a"/><Variable guid="3" name="a"/></Variables>' +
          `<Cases><Case guid="c">${value('1', 'x')}${value('2', 'y')}${value('3', 'z')}${value('4', 'w')}</Case></Cases>`,
      ),
      new Map(),
    );
    expect(Object.entries(cases[0]?.variables ?? {})).toEqual([
      ['__proto__', 'x'],
      ['a', 'y'],
    ]);
    expect(loss).toMatchObject([
      { kind: 'dangling-references', count: 1, examples: ['4'] },
      { kind: 'variables', count: 5, parts: 8 },
    ]);
  });

  it.each([
    ['another root', readXml('<CodeBook xmlns="urn:QDA-XML:project:1.0"/>'), 'refi-unreadable'],
    ['another namespace', project('', 'urn:QDA-XML:project:2.0'), 'refi-unreadable'],
    ['no namespace', readXml('<Project/>'), 'refi-unreadable'],
    ['a prefix', readXml('<q:Project xmlns:q="urn:QDA-XML:project:1.0"/>'), 'read'],
    [
      'two codes of one GUID, written differently',
      project('<CodeBook><Codes><Code guid="{AB}"/><Code guid="ab"/></Codes></CodeBook>'),
      'refi-duplicate-guid',
    ],
    [
      'a code and a person of one GUID',
      project(
        '<CodeBook><Codes><Code guid="1"/></Codes></CodeBook><Cases><Case guid="1"/></Cases>',
      ),
      'refi-duplicate-guid',
    ],
  ])('judges %s', (_case, root, code) => {
    expect(codeOf(() => readRefiProject(root, new Map()))).toBe(code);
  });
});

describe('readRefiCodebook', () => {
  it('reads the codebook of a project as the project does', () => {
    const inside = elementsOf(EVERYTHING, 'CodeBook')[0];
    const { codes, loss } = readRefiCodebook(inside as XmlElement);
    expect(codes).toEqual(readRefiProject(EVERYTHING, FILES).codes);
    expect(loss.map(({ kind }) => kind)).toEqual(['note-references', 'colours']);
  });

  it.each(['urn:QDA-XML:codebook:1.0', 'urn:QDA-XML:codebook:1:0'])(
    'reads sets, members by either attribute, in %s',
    (xmlns) => {
      const { origin, sets, loss } = readRefiCodebook(
        readXml(
          `<CodeBook xmlns="${xmlns}" origin="o"><Codes><Code guid="{A}" name="a"/><Code name="none"/></Codes>` +
            '<Sets><Set guid="S" name="s"><MemberCode guid="a"/><MemberCode targetGUID="A"/><MemberCode guid="z"/></Set></Sets></CodeBook>',
        ),
      );
      expect(origin).toBe('o');
      expect(sets[0]).toMatchObject({ guid: 's', name: 's', codeGuids: ['a', 'a'] });
      expect(loss.map(({ kind, examples }) => [kind, examples])).toEqual([
        ['dangling-references', ['z']],
        ['without-guid', undefined],
        ['sets', ['s']],
      ]);
    },
  );

  it.each([
    ['a project', '<Project xmlns="urn:QDA-XML:project:1.0"/>', 'refi-unreadable'],
    ['another namespace', '<CodeBook xmlns="urn:x"/>', 'refi-unreadable'],
    [
      'a GUID twice',
      '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="1"/><Code guid="1"/></Codes></CodeBook>',
      'refi-duplicate-guid',
    ],
  ])('refuses %s', (_case, document, code) => {
    expect(codeOf(() => readRefiCodebook(readXml(document)))).toBe(code);
  });
});

describe('findProjectPath', () => {
  it.each([
    [['sources/project.qde', 'Project.qde'], 'Project.qde'],
    [['PROJECT.QDE'], 'PROJECT.QDE'],
    [['./project.qde'], './project.qde'],
    [['sources/project.qde', 'project.qde.bak'], null],
  ])('finds the project among %j', (paths, path) => {
    expect(findProjectPath(paths)).toBe(path);
  });
});

/** The document without one of its elements or attributes, for each of them in turn. */
function* lessByOne(element: XmlElement): Generator<[name: string, without: XmlElement]> {
  for (const name of Object.keys(element.attributes)) {
    const attributes = Object.fromEntries(
      Object.entries(element.attributes).filter(([other]) => other !== name),
    );
    yield [`${element.name}@${name}`, { ...element, attributes }];
  }
  for (const [index, child] of element.children.entries()) {
    if (typeof child === 'string') continue;
    const others = element.children.toSpliced(index, 1);
    yield [child.name, { ...element, children: others }];
    for (const [name, less] of lessByOne(child)) {
      yield [name, { ...element, children: element.children.with(index, less) }];
    }
  }
}
