import type { Directness } from '../evidence/dossier.js';
import type { BriefVoice } from './brief.js';

/** A brief as a page of headings, sentences, quotes and tables; Markdown and HTML are two prints of it. */

export interface Item {
  text: string;
  strong?: true;
  items?: readonly string[];
}

export interface PageTable {
  caption: string;
  /** The first cell of each row is the head of the row. */
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** From this column on the cells are numbers. */
  numbersFrom?: number;
}

/** Bars that start where the one before ended; `total` starts at nothing. */
export interface WaterfallChart {
  title: string;
  bars: readonly { label: string; value: string; from: number; to: number; total?: true }[];
}

export type Block =
  | { kind: 'text'; text: string; strong?: true }
  | { kind: 'list'; items: readonly Item[] }
  | { kind: 'quotes'; quotes: readonly PageQuote[] }
  | { kind: 'table'; table: PageTable }
  /** The table beside them says the same. */
  | { kind: 'charts'; charts: readonly WaterfallChart[] };

export interface PageQuote {
  /** null: erased at the person's request. */
  words: string | null;
  pseudonym: string;
  how: string;
  /** How near the speaker is; `isDoubtful` where the words are not somebody's own. */
  nearness: string;
  isDoubtful: boolean;
  day: string;
  /** What it does to the claim where it does not support it. */
  stance?: string;
  contradicts: boolean;
  response?: string;
}

export interface PageSection {
  title: string;
  blocks: readonly Block[];
  /** Said where there is nothing. */
  otherwise?: string;
  /** Voices that stand beside the numbers. */
  beside?: readonly PageQuote[];
}

export interface Page {
  title: string;
  /** The key of the experiment, its state, and until when data is in. */
  key: string;
  about: string;
  labels: readonly string[];
  sections: readonly PageSection[];
}

const NEARNESS: Readonly<Record<Directness, string>> = {
  observed: 'watched',
  first_hand_live: 'first-hand, live',
  first_hand_written: 'first-hand, written',
  hearsay: 'hearsay',
  synthetic: 'made by a model',
};

const STANCES: Readonly<Record<string, string | undefined>> = {
  supports: undefined,
  contradicts: 'contradicts',
  qualifies: 'qualifies',
};

export function quoteOf(voice: BriefVoice): PageQuote {
  const { words, pseudonym, how, directness, heardAt, disposition, response } = voice;
  const stance = Object.hasOwn(STANCES, disposition) ? STANCES[disposition] : disposition;
  return {
    words,
    pseudonym,
    how,
    nearness: NEARNESS[directness],
    isDoubtful: directness === 'hearsay' || directness === 'synthetic',
    day: heardAt.slice(0, 10),
    ...(stance === undefined ? {} : { stance }),
    contradicts: disposition === 'contradicts',
    ...(response === undefined ? {} : { response }),
  };
}
