import { Invalid } from '../../errors.js';
import { elementsOf, type XmlElement } from '../../text/xml-node.js';
import { PROJECT_NAMESPACE, readCodes, readReference, readSets } from './read-refi-codebook.js';
import { readSources } from './read-refi-sources.js';
import { RefiFiles } from './refi-files.js';
import { guidOf, definedGuids } from './refi-guid.js';
import { RefiLedger } from './refi-loss.js';
import type { RefiCase, RefiNote, RefiProject, RefiSource } from './refi-project.js';

/**
 * Reads a REFI-QDA project. `sources` are the text files of the archive by their paths (any case).
 * What is in the file and has no place in the product is in `loss`; nothing is left out without it.
 *
 * @throws {Invalid} refi-unreadable: not a project of this format.
 * @throws {Invalid} refi-duplicate-guid: two things share one, so that references mean nothing.
 */
export function readRefiProject(
  project: XmlElement,
  sources: ReadonlyMap<string, string>,
): RefiProject {
  if (project.name !== 'Project' || project.attributes['xmlns'] !== PROJECT_NAMESPACE) {
    throw new Invalid('refi-unreadable', 'The file is not a REFI-QDA project 1.0.');
  }
  const ledger = new RefiLedger(definedGuids(project));
  const files = new RefiFiles(sources);
  const users = readUsers(project, ledger);
  const codes = elementsOf(project, 'CodeBook').flatMap((codebook) => readCodes(codebook, ledger));
  const codeGuids = new Set(codes.map((code) => code.guid));
  const texts = elementsOf(project, 'Sources').flatMap((list) =>
    readSources(list, { ledger, files, codeGuids, users }),
  );
  const notes = readNotes(project, ledger, files);
  const known = {
    MemberCode: codeGuids,
    MemberSource: new Set(texts.flatMap(({ guid, mediaGuid }) => [guid, mediaGuid ?? guid])),
    MemberNote: new Set(notes.map((note) => note.guid)),
  };
  const cases = readCases(project, texts, ledger);
  const sets = readSets(project, ledger, known);
  for (const name of ['Links', 'Graphs'])
    elementsOf(project, name).forEach((list) => ledger.take(list));
  return {
    name: ledger.attribute(project, 'name') ?? '',
    origin: ledger.attribute(project, 'origin') ?? '',
    codes,
    sets,
    cases,
    sources: texts,
    notes,
    loss: ledger.report(project),
  };
}

function readUsers(project: XmlElement, ledger: RefiLedger): Map<string, string> {
  const users = new Map<string, string>();
  for (const list of elementsOf(project, 'Users')) {
    ledger.take(list);
    for (const user of elementsOf(list, 'User')) {
      const guid = guidOf(user);
      if (guid === null) continue;
      ledger.attribute(user, 'guid');
      ledger.note('users', guid);
      users.set(guid, ledger.attribute(user, 'name') || guid);
    }
  }
  return users;
}

function readNotes(project: XmlElement, ledger: RefiLedger, files: RefiFiles): RefiNote[] {
  const elements = elementsOf(project, 'Notes').flatMap((list) =>
    elementsOf(ledger.take(list), 'Note'),
  );
  return elements.flatMap((element) => {
    const guid = guidOf(element);
    if (guid === null) return [];
    ledger.attribute(element, 'guid');
    ledger.note('notes', guid);
    const content = elementsOf(element, 'PlainTextContent')[0];
    const fromFile = files.text(ledger.attribute(element, 'plainTextPath'));
    const text = fromFile ?? (content === undefined ? '' : ledger.text(content));
    return [{ guid, name: ledger.attribute(element, 'name') ?? '', text }];
  });
}

function readCases(
  project: XmlElement,
  texts: readonly RefiSource[],
  ledger: RefiLedger,
): RefiCase[] {
  const variables = readVariables(project, ledger);
  const selections = new Set(texts.flatMap((text) => text.selections.map(({ guid }) => guid)));
  const textsOf = textsByReference(texts);
  const sources = new Set(textsOf.keys());
  const elements = elementsOf(project, 'Cases').flatMap((list) =>
    elementsOf(ledger.take(list), 'Case'),
  );
  return elements.flatMap((element) => {
    const guid = guidOf(element);
    if (guid === null) {
      ledger.lose(element, 'without-guid');
      return [];
    }
    ledger.attribute(element, 'guid');
    return [
      {
        guid,
        name: ledger.attribute(element, 'name') ?? '',
        variables: readValues(element, variables, ledger),
        sourceGuids: elementsOf(element, 'SourceRef')
          .flatMap((ref) => readReference(ref, ledger, sources))
          .flatMap((source) => textsOf.get(source) ?? []),
        selectionGuids: elementsOf(element, 'SelectionRef').flatMap((ref) =>
          readReference(ref, ledger, selections),
        ),
      },
    ];
  });
}

/** What a reference to a source means: itself; a recording stands for its transcripts. */
function textsByReference(texts: readonly RefiSource[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { guid, mediaGuid } of texts) {
    for (const reference of mediaGuid === undefined ? [guid] : [guid, mediaGuid]) {
      found.set(reference, [...(found.get(reference) ?? []), guid]);
    }
  }
  return found;
}

function readVariables(project: XmlElement, ledger: RefiLedger): Map<string, string> {
  const names = new Map<string, string>();
  for (const list of elementsOf(project, 'Variables')) {
    ledger.take(list);
    for (const variable of elementsOf(list, 'Variable')) {
      const guid = guidOf(variable);
      if (guid === null) {
        ledger.lose(variable, 'without-guid');
        continue;
      }
      ledger.attribute(variable, 'guid');
      ledger.note('variables', guid);
      names.set(guid, ledger.attribute(variable, 'name') ?? '');
    }
  }
  return names;
}

const VALUES: ReadonlySet<string> = new Set([
  'TextValue',
  'BooleanValue',
  'IntegerValue',
  'FloatValue',
  'DateValue',
  'DateTimeValue',
]);

function readValues(
  element: XmlElement,
  variables: ReadonlyMap<string, string>,
  ledger: RefiLedger,
): Record<string, string> {
  const values = new Map<string, string>();
  const known = new Set(variables.keys());
  for (const entry of elementsOf(element, 'VariableValue')) {
    const reference = elementsOf(entry, 'VariableRef')[0];
    const guid = reference === undefined ? undefined : readReference(reference, ledger, known)[0];
    const name = guid === undefined ? undefined : variables.get(guid);
    // One value for a name: a second variable that is called the same has no place.
    if (name === undefined || values.has(name)) {
      ledger.lose(entry, 'variables');
      continue;
    }
    ledger.take(entry);
    const value = elementsOf(entry).find((child) => VALUES.has(child.name));
    values.set(name, value === undefined ? '' : ledger.text(value));
  }
  return Object.fromEntries(values);
}
