import { Invalid } from '../../domain/errors.js';
import { elementsOf, textOf } from '../../domain/text/xml-node.js';
import { readXml } from './read-xml.js';

function refusalOf(text: string): Invalid {
  try {
    readXml(text);
  } catch (fault) {
    expect(fault).toBeInstanceOf(Invalid);
    return fault as Invalid;
  }
  throw new Error('was read');
}

describe('readXml', () => {
  it('keeps the order of text and elements, and every white space', () => {
    expect(readXml('<p> one <b>two</b>\n <i/>\tthree </p>')).toEqual({
      name: 'p',
      attributes: {},
      children: [
        ' one ',
        { name: 'b', attributes: {}, children: ['two'] },
        '\n ',
        { name: 'i', attributes: {}, children: [] },
        '\tthree ',
      ],
    });
  });

  it('keeps white space between elements, numbers and words as they are written', () => {
    const root = readXml('<r> <a>007</a> <b> true </b><c>1e3</c></r>');
    expect(root.children[0]).toBe(' ');
    expect(elementsOf(root).map(textOf)).toEqual(['007', ' true ', '1e3']);
  });

  it('reads one line break as one, as XML does, and keeps one that is a reference', () => {
    expect(textOf(readXml('<r>a\r\nb\rc&#13;\nd</r>'))).toBe('a\nb\nc\r\nd');
  });

  it.each([
    ['the five entities', '<r>&lt;&gt;&amp;&quot;&apos;</r>', '<>&"\''],
    ['an ampersand that was escaped twice', '<r>&amp;amp; &amp;#65;</r>', '&amp; &#65;'],
    ['references below the astral planes', '<r>&#228;&#xE4;&#x20AC;</r>', '\u00e4\u00e4\u20ac'],
    ['astral references', '<r>&#128512;&#x1F600;</r>', '\u{1F600}\u{1F600}'],
    ['astral characters', '<r>\u{1F600}</r>', '\u{1F600}'],
    ['CDATA as it stands', '<r>a<![CDATA[<b>&amp;]] ]]>c</r>', 'a<b>&amp;]] c'],
    ['a declaration that only looks like one', '<r><![CDATA[<!DOCTYPE x>]]></r>', '<!DOCTYPE x>'],
    ['text around a comment', '<r>a<!-- <b> & " --- -->b</r>', 'ab'],
    ['text around an instruction', '<r>a<?php echo "<x>" ?>b</r>', 'ab'],
  ])('decodes %s', (_case, document, text) => {
    expect(textOf(readXml(document))).toBe(text);
    expect(readXml(document).children).toHaveLength(1);
  });

  it('decodes attributes, with written line breaks as spaces and references as they are', () => {
    const root = readXml('<r a="&lt;x&gt; \'&#x1F600;\'"\n\tb=\'"1\n2\'  c="&#10;&#9;" d=""/>');
    expect(root.attributes).toEqual({ a: "<x> '\u{1F600}'", b: '"1 2', c: '\n\t', d: '' });
  });

  it('removes prefixes and says the namespace where it changes', () => {
    const root = readXml(
      '<q:P xmlns:q="urn:one" q:id="1" id="2" xml:space="preserve"><q:C/><D xmlns="urn:two"><E/></D></q:P>',
    );
    expect(root.attributes).toEqual({ xmlns: 'urn:one', id: '2', space: 'preserve' });
    const [c, d] = elementsOf(root);
    expect(c).toEqual({ name: 'C', attributes: {}, children: [] });
    expect(d?.attributes).toEqual({ xmlns: 'urn:two' });
    expect(d?.children).toEqual([{ name: 'E', attributes: {}, children: [] }]);
  });

  it.each(['UTF-8', 'utf-16', 'windows-1252'])('reads characters, declared as %s', (encoding) => {
    const document = `\uFEFF<?xml version="1.0" encoding="${encoding}"?>\n<r>\u00e4</r>\n<!-- end -->`;
    expect(readXml(document)).toEqual({ name: 'r', attributes: {}, children: ['\u00e4'] });
  });

  it('takes names that objects are born with', () => {
    const root = readXml('<toString valueOf="1" constructor="2"><hasOwnProperty/></toString>');
    expect(root.name).toBe('toString');
    expect(Object.entries(root.attributes)).toEqual([
      ['valueOf', '1'],
      ['constructor', '2'],
    ]);
    expect(elementsOf(root, 'hasOwnProperty')).toHaveLength(1);
  });

  const LAUGHS = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><r>&lol2;</r>`;
  it.each([
    ['a billion laughs', LAUGHS],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'],
    ['an external document type', '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r/>'],
    ['a parameter entity', '<!DOCTYPE r [<!ENTITY % p "x"> %p;]><r/>'],
    ['a document type in lower case', '<!doctype html><r/>'],
    ['a declaration inside the root', '<r><!ENTITY a "b"></r>'],
    ['a declaration hidden by quotes', `<r a='"'><!DOCTYPE x></r>`],
    ['an entity nobody declared', '<r>&nbsp;</r>'],
    ['an entity in an attribute', '<r a="&x;"/>'],
  ])('refuses %s as xml-entities', (_case, document) => {
    expect(refusalOf(document).code).toBe('xml-entities');
  });

  it.each([
    ['nothing', ''],
    ['words', 'secret words'],
    ['an open element', '<r>'],
    ['crossed elements', '<r><a></r></a>'],
    ['two roots', '<r/><s/>'],
    ['text after the root', '<r/>secret'],
    ['attributes without quotes', '<r a=secret/>'],
    ['attributes without a value', '<r secret/>'],
    ['an attribute twice', '<r a="1" a="2"/>'],
    ['a quote that never ends', '<r a="secret/>'],
    ['an angle in an attribute', '<r a="<!--"><!DOCTYPE x>--></r>'],
    ['a comment that never ends', '<r/><!-- secret'],
    ['CDATA that never ends', '<r><![CDATA[secret</r>'],
    ['an instruction that never ends', '<r/><?secret'],
    ['a bare ampersand', '<r>a & secret</r>'],
    ['a bare ampersand in an attribute', '<r a="a & b"/>'],
    ['a reference to nothing', '<r>&#0;</r>'],
    ['a reference to half a pair', '<r>&#xD83D;&#xDE00;</r>'],
    ['a reference past Unicode', '<r>&#x110000;</r>'],
    ['a reference without digits', '<r>&#x;</r>'],
    ['half a pair', '<r>\ud83d</r>'],
    ['a control character', '<r>\u0000</r>'],
    ['a name with two colons', '<a:b:c/>'],
    ['a poisoned name', '<__proto__ a="1"/>'],
  ])('refuses %s as xml-unreadable, without its words', (_case, document) => {
    const refusal = refusalOf(document);
    expect(refusal.code).toBe('xml-unreadable');
    expect(`${refusal.message}${JSON.stringify(refusal.facts)}${refusal.stack}`).not.toContain(
      'secret',
    );
    expect(refusal.cause).toBeUndefined();
  });

  it('reads 64 levels and refuses 65', () => {
    const nested = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels);
    expect(readXml(nested(64)).name).toBe('a');
    expect(refusalOf(nested(65)).code).toBe('xml-too-large');
    expect(refusalOf(nested(200_000)).facts).toEqual({ limit: 'levels', max: 64 });
  });

  it('reads 500,000 nodes and refuses one more, of whatever kind', () => {
    expect(readXml(`<r>${'<a/>'.repeat(499_999)}</r>`).children).toHaveLength(499_999);
    expect(refusalOf(`<r>${'<a/>'.repeat(500_000)}</r>`).facts).toMatchObject({ limit: 'nodes' });
    expect(refusalOf(`<r>${'<!---->'.repeat(500_000)}</r>`).code).toBe('xml-too-large');
    expect(refusalOf(`<r>${'<![CDATA[]]>'.repeat(500_000)}</r>`).code).toBe('xml-too-large');
  });

  it('reads 1,000 attributes of an element and refuses one more', () => {
    const element = (n: number) =>
      `<r ${Array.from({ length: n }, (_, i) => `a${i}="1"`).join(' ')}/>`;
    expect(Object.keys(readXml(element(1_000)).attributes)).toHaveLength(1_000);
    expect(refusalOf(element(1_001)).facts).toEqual({ limit: 'attributes', max: 1_000 });
  });

  it('counts the size in bytes', () => {
    const filled = (bytes: number) => `<r>${'\u00e4'.repeat((bytes - 8) / 2)} </r>`;
    const limit = 16 * 1024 * 1024;
    expect(textOf(readXml(filled(limit))).length).toBe((limit - 8) / 2 + 1);
    expect(refusalOf(filled(limit + 2)).facts).toEqual({ limit: 'bytes', max: limit });
  });

  it('is not slowed by hostile repetition', () => {
    const before = performance.now();
    expect(readXml(`<r a="1"${' '.repeat(2_000_000)}/>`).attributes).toEqual({ a: '1' });
    expect(refusalOf(`<r>${'&'.repeat(2_000_000)}</r>`).code).toBe('xml-unreadable');
    expect(refusalOf('<'.repeat(2_000_000)).code).toBe('xml-unreadable');
    expect(refusalOf(`<r ${'a="1" '.repeat(2_000_000)}/>`).code).toBe('xml-too-large');
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
