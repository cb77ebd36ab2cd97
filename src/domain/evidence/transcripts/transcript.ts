/** The formats that are text; DOCX and surveys have their own way in, since theirs is not. */
export const TEXT_FORMATS = ['webvtt', 'srt', 'otter', 'named_lines', 'podcast_json'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

export const TRANSCRIPT_FORMATS = [...TEXT_FORMATS, 'docx', 'survey'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** What one speaker said without another in between. */
export interface ParsedTurn {
  /** As it stands in the file; null where the file names nobody. */
  speaker: string | null;
  /** What was said, without markup. Positions of quotes count its code points. */
  text: string;
  /** From the beginning of the recording. */
  startMs?: number;
}

/** A file as turns. */
export interface ParsedTranscript {
  format: TranscriptFormat;
  turns: ParsedTurn[];
  /** What was left out, divided or assumed, in plain words and without any word that was said. */
  notes: string[];
}

/** Where something stands in a file, for errors and notes. */
export interface Place {
  /** JSON Pointer into the file as its format counts it: `/lines/12`, `/segments/3/body`. */
  readonly pointer: string;
  /** The same for people: `line 12`. */
  readonly words: string;
}

/** A piece of a file that one speaker says: a cue, a line, a segment. */
export interface Cue {
  /** Null when the piece names nobody. */
  speaker: string | null;
  text: string;
  startMs?: number;
  endMs?: number;
  place: Place;
}

/** One line of text, and where it stands. */
export interface TextLine {
  text: string;
  place: Place;
}

/** Lines count from 1, as editors show them. */
export function linePlace(number: number): Place {
  return new NumberedPlace('line', number);
}

export function paragraphPlace(number: number): Place {
  return new NumberedPlace('paragraph', number);
}

export function rowPlace(number: number): Place {
  return new NumberedPlace('row', number);
}

/** Every line has a place and next to none is ever told: the words are made when they are. */
class NumberedPlace implements Place {
  constructor(
    private readonly kind: 'line' | 'paragraph' | 'row',
    private readonly number: number,
  ) {}

  get pointer(): string {
    return `/${this.kind}s/${this.number}`;
  }

  get words(): string {
    return `${this.kind} ${this.number}`;
  }
}
