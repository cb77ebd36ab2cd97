import { documentXml } from '../../../../test/support/transcript-files.js';
import { readXml } from '../../../platform/files/read-xml.js';
import type { XmlElement } from '../../text/xml-node.js';
import { readDocx } from './read-docx.js';

const element = (name: string, ...children: (XmlElement | string)[]): XmlElement => ({
  name,
  attributes: {},
  children,
});
const t = (text: string) => element('r', element('t', text));
const br = element('r', element('br'));
const p = (...children: XmlElement[]) => element('p', ...children);
const doc = (...body: XmlElement[]) => element('document', element('body', ...body));
const read = (document: XmlElement) =>
  readDocx(document).turns.map(
    ({ speaker, text, startMs }) =>
      `${speaker}|${text}${startMs === undefined ? '' : ` @${startMs}`}`,
  );

describe('Word documents', () => {
  it('reads what Teams writes: name, time and words in one paragraph', () => {
    const xml = documentXml([
      { speaker: 'Anna Virtanen', text: 'Miksi & miten?', startMs: 3_000 },
      { speaker: 'P-014', text: 'Because < that.', startMs: 3_724_000 },
    ]);
    expect(readDocx(readXml(xml))).toEqual({
      format: 'docx',
      turns: [
        { speaker: 'Anna Virtanen', text: 'Miksi & miten?', startMs: 3_000 },
        { speaker: 'P-014', text: 'Because < that.', startMs: 3_724_000 },
      ],
      notes: [],
    });
  });

  it.each([
    [
      'a name line, then paragraphs',
      doc(p(t('Anna   0:03')), p(t('Hi.')), p(t('So.'))),
      ['Anna|Hi. So. @3000'],
    ],
    [
      'a tab between name and time',
      doc(p(t('Anna'), element('r', element('tab')), t('0:03'), br, t('Hi'))),
      ['Anna|Hi @3000'],
    ],
    [
      'name, time and words under each other',
      doc(p(t('Anna'), br, t('0:03'), br, t('Hi'))),
      ['Anna|Hi @3000'],
    ],
    [
      'names and colons',
      doc(p(t('Anna: Hi')), p(t('Ben: Ho'), br, t('and on'))),
      ['Anna|Hi', 'Ben|Ho and on'],
    ],
    ['words split over runs', doc(p(t('Anna: H'), t('i th'), t('ere'))), ['Anna|Hi there']],
    ['tables', doc(element('tbl', element('tr', element('tc', p(t('Anna: Hi')))))), ['Anna|Hi']],
    [
      'hyphens and links',
      doc(p(t('Anna: co'), element('r', element('noBreakHyphen')), element('hyperlink', t('op')))),
      ['Anna|co\u2011op'],
    ],
    [
      'tracked changes',
      doc(p(t('Anna: Hi'), element('ins', t(' new')), element('del', t(' old')))),
      ['Anna|Hi new'],
    ],
    [
      'second copies',
      doc(
        p(
          t('Anna: Hi'),
          element('AlternateContent', element('Choice', t(' x')), element('Fallback', t(' x'))),
        ),
      ),
      ['Anna|Hi x'],
    ],
  ] as [string, XmlElement, string[]][])('reads %s', (_, document, turns) => {
    expect(read(document)).toEqual(turns);
  });

  it("leaves the tool's remarks out, in any language, and notes it", () => {
    const { turns, notes } = readDocx(
      doc(
        p(t('Weekly talk')),
        p(t('Anna Virtanen käynnisti litteroinnin')),
        p(t('Anna Virtanen   0:03'), br, t('Miksi?')),
        p(t('P-014   0:09'), br, t('Siksi.')),
        p(t('Anna Virtanen lopetti litteroinnin')),
      ),
    );
    expect(turns.map(({ text }) => text)).toEqual(['Miksi?', 'Siksi.']);
    expect(notes).toEqual([
      '2 lines left out: written by the tool, not said (the first: paragraph 2).',
      '1 line before the first speaker left out (paragraph 1).',
    ]);
  });

  it('keeps a paragraph that begins with a name where words stand in paragraphs of their own', () => {
    expect(read(doc(p(t('Anna   0:03')), p(t('Anna is my name'))))).toEqual([
      'Anna|Anna is my name @3000',
    ]);
  });

  it.each([
    [element('styles'), 'transcript-unreadable', ''],
    [element('document'), 'transcript-unreadable', ''],
    [doc(p(t('secret words'))), 'transcript-unreadable', '/paragraphs/1'],
    [doc(), 'transcript-empty', ''],
    [doc(p(t(' ')), p()), 'transcript-empty', ''],
  ])('refuses document %#', (document, code, pointer) => {
    expect(() => readDocx(document)).toThrow(
      expect.objectContaining({ code, errors: [expect.objectContaining({ pointer })] }),
    );
    expect(() => readDocx(document)).not.toThrow(/secret/);
  });
});
