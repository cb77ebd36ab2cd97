import type { RefiLoss } from './refi-loss.js';
import type { PositionReading } from './position-reading.js';
import type { RefiTurn, TurnSpan } from './turns-of-source.js';

/*
 * A REFI-QDA project as plain data. Every GUID is written without braces, in lower case. Positions
 * are code points of the source's text, half-open.
 */

export interface RefiCode {
  guid: string;
  name: string;
  /** Of the code it stands below; null at the top. */
  parentGuid: string | null;
  isCodable: boolean;
  color?: string;
  description?: string;
}

export interface RefiSet {
  guid: string;
  name: string;
  description?: string;
  codeGuids: string[];
  sourceGuids: string[];
  noteGuids: string[];
}

export interface RefiNote {
  guid: string;
  name: string;
  text: string;
}

/** A person, usually. */
export interface RefiCase {
  guid: string;
  name: string;
  /** Value as it is written, by the name of the variable. */
  variables: Readonly<Record<string, string>>;
  /** Sources that were read; a recording stands for its transcripts. */
  sourceGuids: string[];
  /** Where a source has several people: the selections that are of this one. */
  selectionGuids: string[];
}

export interface RefiSelection {
  guid: string;
  name?: string;
  start: number;
  end: number;
  /** The words at that place. */
  exact: string;
  /** Whether the selection itself carried words, and they stand there. */
  checked: boolean;
  /** Where that is in the source's turns; null when it reaches over more than one. */
  place: TurnSpan | null;
  codeGuids: string[];
  /** Name of the coder. */
  creatingUser?: string;
  note?: string;
}

export interface RefiSource {
  guid: string;
  name: string;
  /** The recording or document of which this is the text. */
  mediaGuid?: string;
  /** As it is in the file, without a byte-order mark. */
  text: string;
  turns: RefiTurn[];
  /** How the positions of this source were read, and how many selections confirm it. */
  positions: PositionReading & { confirmedBy: number };
  selections: RefiSelection[];
}

export interface RefiCodebook {
  /** The program that wrote the file; empty when it does not say. */
  origin: string;
  codes: RefiCode[];
  sets: RefiSet[];
  loss: RefiLoss[];
}

export interface RefiProject extends RefiCodebook {
  name: string;
  cases: RefiCase[];
  sources: RefiSource[];
  notes: RefiNote[];
}
