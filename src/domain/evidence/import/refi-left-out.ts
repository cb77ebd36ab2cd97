import type { RefiProject } from '../refi/refi-project.js';

/** What a REFI-QDA project says, was read, and has no place in a study all the same. */
const LEFT_OUT = {
  'asked-selections':
    'Selections in the lines of whoever asks: only what the person said can be a quote.',
  'blank-selections': 'Selections of nothing but white space.',
  'selection-notes': 'Comments on selections.',
  'selection-coders': 'Who marked a selection. Quotes are marked by the member who imports.',
  'case-variables': 'Values of variables of people.',
  'cases-without-text': 'People of whom no text was read: nobody was made of them.',
  'case-selections': 'Selections that are said to be of one person, beside the texts that are.',
  'code-descriptions': 'Descriptions of codes.',
} as const;

export type RefiLeftOutKind = keyof typeof LEFT_OUT;

export interface RefiLeftOut {
  kind: RefiLeftOutKind;
  count: number;
  /** A sentence for the person who imports. */
  what: string;
  /** GUIDs, at most 50. */
  examples: string[];
}

/** As many are named as a person would look at. */
const EXAMPLES_MAX = 50;

/** Selections that did not become quotes, by GUID. */
export interface UnquotedSelections {
  asked: readonly string[];
  blank: readonly string[];
}

/** What of a project was read and is stored nowhere: with it, the loss report is whole. */
export function refiLeftOut(
  project: Pick<RefiProject, 'cases' | 'codes' | 'sources'>,
  unquoted: UnquotedSelections,
): RefiLeftOut[] {
  const { cases, codes, sources } = project;
  const selections = sources.flatMap((source) => source.selections);
  const guids: Record<RefiLeftOutKind, string[]> = {
    'asked-selections': [...unquoted.asked],
    'blank-selections': [...unquoted.blank],
    'selection-notes': guidsOf(selections.filter(({ note }) => note !== undefined)),
    'selection-coders': guidsOf(selections.filter((one) => one.creatingUser !== undefined)),
    'case-variables': cases.flatMap(({ guid, variables }) =>
      Object.keys(variables).map(() => guid),
    ),
    'cases-without-text': guidsOf(
      cases.filter(({ sourceGuids }) => !sources.some(({ guid }) => sourceGuids.includes(guid))),
    ),
    'case-selections': cases.flatMap(({ selectionGuids }) => selectionGuids),
    'code-descriptions': guidsOf(codes.filter(({ description }) => description !== undefined)),
  };
  return (Object.keys(LEFT_OUT) as RefiLeftOutKind[]).flatMap((kind) =>
    guids[kind].length === 0
      ? []
      : [
          {
            kind,
            count: guids[kind].length,
            what: LEFT_OUT[kind],
            examples: [...new Set(guids[kind])].slice(0, EXAMPLES_MAX),
          },
        ],
  );
}

function guidsOf(things: readonly { guid: string }[]): string[] {
  return things.map(({ guid }) => guid);
}
