import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { describeWith, sharedFile } from '../../../../test/support/shared-data.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { readRefiCodebook } from './read-refi-codebook.js';
import { readRefiProject } from './read-refi-project.js';
import { findProjectPath } from './refi-files.js';

/* Real files, read a second time with regular expressions: they are written one element after another. */

function decoded(attribute: string): string {
  return attribute
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function attributesIn(tag: string): Record<string, string> {
  return Object.fromEntries(
    [...tag.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, decoded(value ?? '')]),
  );
}

function tagsIn(document: string, name: string): Record<string, string>[] {
  return [...document.matchAll(new RegExp(`<${name} [^>]*>`, 'g'))].map(([tag]) =>
    attributesIn(tag),
  );
}

const lower = (text: string | undefined) => (text ?? '').toLowerCase();

describeWith(sharedFile('evidence', 'refi-qda', 'demo-cc0.qdpx'), 'a real project', (file) => {
  const texts = new Map(
    Object.entries(unzipSync(readFileSync(file))).map(([path, bytes]) => [path, strFromU8(bytes)]),
  );
  const document = texts.get(findProjectPath(texts.keys()) ?? '') ?? '';
  const project = readRefiProject(readXml(document), texts);

  it('has its people, each with what the file says', () => {
    const people = [...document.matchAll(/<Case .*?<\/Case>/gs)].map(([person]) => ({
      guid: lower(tagsIn(person, 'Case')[0]?.['guid']),
      name: tagsIn(person, 'Case')[0]?.['name'],
      variables: { howOften: /<TextValue>(.*?)</.exec(person)?.[1] },
      sourceGuids: tagsIn(person, 'SourceRef').map(({ targetGUID }) => lower(targetGUID)),
      selectionGuids: [],
    }));
    expect(people).toHaveLength(15);
    expect(project.cases).toEqual(people);
  });

  it('has its codes', () => {
    const codes = tagsIn(document, 'Code').map(({ guid, name, isCodable }) => [
      lower(guid),
      name,
      isCodable === 'true',
    ]);
    expect(codes).toHaveLength(7);
    expect(project.codes.map(({ guid, name, isCodable }) => [guid, name, isCodable])).toEqual(
      codes,
    );
    const forces = codes[0]?.[0];
    expect(project.codes.map(({ parentGuid }) => parentGuid)).toEqual([
      null,
      ...Array.from({ length: 4 }, () => forces),
      null,
      null,
    ]);
  });

  it('has its texts, word for word', () => {
    const written = tagsIn(document, 'TextSource').map(({ guid, name, plainTextPath }) => ({
      guid: lower(guid),
      name,
      text: texts.get(`sources/${plainTextPath?.slice('internal://'.length)}`),
    }));
    expect(written).toHaveLength(15);
    expect(project.sources.map(({ guid, name, text }) => ({ guid, name, text }))).toEqual(written);
  });

  it('has every selection where its words stand, in an answer', () => {
    const written = [...document.matchAll(/<PlainTextSelection .*?<\/PlainTextSelection>/gs)].map(
      ([selection]) => ({
        ...tagsIn(selection, 'PlainTextSelection')[0],
        codes: tagsIn(selection, 'CodeRef').map(({ targetGUID }) => lower(targetGUID)),
      }),
    );
    expect(written).toHaveLength(15);
    const read = project.sources.flatMap(({ selections }) => selections);
    expect(read).toHaveLength(15);
    read.forEach((selection, index) => {
      const { guid, name, codes, startPosition, endPosition } = written[index] as Record<
        string,
        unknown
      >;
      expect(selection).toMatchObject({
        guid: lower(String(guid)),
        name,
        exact: name,
        codeGuids: codes,
        start: Number(startPosition),
        end: Number(endPosition),
        creatingUser: 'coder-1',
        checked: true,
      });
    });
    for (const { turns, text, selections } of project.sources) {
      expect(turns.map(({ speaker }) => speaker)).toEqual(
        text.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(0, 1)])),
      );
      for (const { place, exact } of selections) {
        const turn = turns[place?.turn ?? -1];
        expect(turn?.speaker).toBe('A');
        expect(
          Array.from(turn?.text ?? '')
            .slice(place?.start, place?.end)
            .join(''),
        ).toBe(exact);
      }
    }
  });

  it('loses nothing but what has no place', () => {
    expect(project.loss.map(({ kind, count }) => [kind, count])).toEqual([
      ['variables', 1],
      ['variable-types', 1],
      ['users', 1],
      ['dates', document.match(/(?:creation|modified)DateTime=/g)?.length],
      ['authors', 15],
    ]);
  });
});

describeWith(
  sharedFile('evidence', 'refi-qda', 'taguette-codebook.qdc'),
  'a real codebook',
  (file) => {
    it('has the codes of its file', () => {
      const document = readFileSync(file, 'utf8');
      const { origin, codes, sets, loss } = readRefiCodebook(readXml(document));
      expect(origin).toBe(/origin="(.*?)"/.exec(document)?.[1]);
      expect(codes).toEqual(
        tagsIn(document, 'Code').map(({ guid, name, isCodable }) => ({
          guid: lower(guid),
          name,
          parentGuid: null,
          isCodable: isCodable === 'true',
        })),
      );
      expect(codes).toHaveLength(3);
      expect(sets).toEqual([]);
      expect(loss).toEqual([]);
    });
  },
);
