/** What one person said in one go, as the layout of a plain text tells it. */
export interface RefiTurn {
  /** The label before the words, without its colon; null: nobody is named. */
  speaker: string | null;
  text: string;
  /** Code point of the source at which `text` begins; it stands there word for word. */
  start: number;
  /** Code point at which the label begins, or `start` when there is none. */
  labelStart: number;
}

/** Index of a turn, and half-open code points of its text. */
export interface TurnSpan {
  turn: number;
  start: number;
  end: number;
}

interface Line {
  /** UTF-16 offsets in the source, without white space around. */
  startUnit: number;
  endUnit: number;
  label: { speaker: string; wordsUnit: number } | null;
}

interface OpenTurn {
  speaker: string | null;
  labelUnit: number;
  startUnit: number;
  endUnit: number;
  /** The name stood alone on its line: the whole paragraph below is this speaker's. */
  isBlock: boolean;
}

const LINE = /[^\r\n\u2028\u2029]*(?:\r\n|[\r\n\u2028\u2029]|$)/gu;
const TIME = String.raw`[[(]?\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,3})?[\])]?`;
const LABEL = new RegExp(
  String.raw`^(?:${TIME}\s+)?([^\s:\uff1a!?,;"][^:\uff1a!?,;"]{0,38}?)(?:\s*${TIME})?(?:\uff1a\s*|:(?:\s+|$))`,
  'u',
);
/** "Interviewer", "Speaker 1", "Anna de Vries": more words are the beginning of a sentence. */
const LABEL_WORDS_MAX = 4;
const SHORT_LABEL_WORDS_MAX = 2;

/**
 * Splits the text of a source into turns: `Q: ...`, `Anna: ...`, or a name on a line of its own with
 * a paragraph below. Where two or more speakers are named, lines without a name go on with
 * the last one; where only one is (usually who asks), or none, they are nobody's, which in a source
 * of one case means that person's. Paragraphs are divided by empty lines, or by every line
 * break when there are no empty lines. A colon alone makes no speaker: see
 * `believeLabels`.
 */
export function turnsOfSource(text: string): RefiTurn[] {
  const lines = believeLabels(linesOf(text));
  const speakers = new Set(lines.flatMap((line) => line?.label?.speaker ?? []));
  const hasParagraphs = hasEmptyLineInside(lines);
  const turns: OpenTurn[] = [];
  let open: OpenTurn | null = null;
  let named: { speaker: string; labelUnit: number } | null = null;
  let last: string | null = null;
  for (const line of lines) {
    if (line === null) {
      open = null;
      continue;
    }
    if (line.label !== null) {
      last = line.label.speaker;
      named = { speaker: last, labelUnit: line.startUnit };
      if (line.label.wordsUnit >= line.endUnit) {
        open = null;
        continue;
      }
      open = turnFrom(line, line.label.wordsUnit, named, false);
      turns.push(open);
      named = null;
      continue;
    }
    const goesOn: boolean =
      open !== null &&
      (open.isBlock || (open.speaker === null ? hasParagraphs : speakers.size > 1));
    if (open !== null && goesOn) {
      open.endUnit = line.endUnit;
      continue;
    }
    const speaker: string | null = speakers.size > 1 ? last : null;
    open = turnFrom(
      line,
      line.startUnit,
      named ?? { speaker, labelUnit: line.startUnit },
      named !== null,
    );
    turns.push(open);
    named = null;
  }
  return withCodePoints(text, turns);
}

/**
 * Where a range of the source lies in its turns. A label or white space at its edges is cut off,
 * since it is nobody's words; a range that holds words of two turns has no place.
 */
export function placeInTurns(
  turns: readonly RefiTurn[],
  lengths: readonly number[],
  range: { start: number; end: number },
): TurnSpan | null {
  const index = firstEndingAfter(turns, lengths, range.start);
  const turn = turns[index];
  const length = lengths[index];
  if (turn === undefined || length === undefined) return null;
  const next = turns[index + 1];
  if (next !== undefined && range.end > next.labelStart) return null;
  const start = Math.max(range.start - turn.start, 0);
  const end = Math.min(range.end - turn.start, length);
  return start < end ? { turn: index, start, end } : null;
}

function firstEndingAfter(
  turns: readonly RefiTurn[],
  lengths: readonly number[],
  position: number,
): number {
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((turns[middle]?.start ?? 0) + (lengths[middle] ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Null is an empty line. */
function linesOf(text: string): (Line | null)[] {
  const lines: (Line | null)[] = [];
  for (const match of text.matchAll(LINE)) {
    if (match[0] === '') continue;
    const words = match[0].trim();
    if (words === '') {
      lines.push(null);
      continue;
    }
    const startUnit = match.index + match[0].indexOf(words);
    lines.push({ startUnit, endUnit: startUnit + words.length, label: labelOf(words, startUnit) });
  }
  return lines;
}

function labelOf(words: string, startUnit: number): Line['label'] {
  const match = LABEL.exec(words);
  const speaker = match?.[1]?.trim().replace(/^[[(*]+|[\])*]+$/g, '') ?? '';
  if (match === null || !/\p{L}/u.test(speaker)) return null;
  if (wordCount(speaker) > LABEL_WORDS_MAX) return null;
  return { speaker, wordsUnit: startUnit + match[0].length };
}

/** A label is believed when it comes back; beside one that does, or at the top, when it is short. */
function believeLabels(lines: readonly (Line | null)[]): (Line | null)[] {
  const speakers = lines.flatMap((line) => line?.label?.speaker ?? []);
  const times = new Map<string, number>();
  for (const speaker of speakers) times.set(speaker, (times.get(speaker) ?? 0) + 1);
  const comesBack = (speaker: string): boolean => (times.get(speaker) ?? 0) > 1;
  const isShort = (speaker: string): boolean => wordCount(speaker) <= SHORT_LABEL_WORDS_MAX;
  const atTop = lines.find((line) => line !== null)?.label?.speaker;
  const isTalk = speakers.some(comesBack) || (atTop !== undefined && isShort(atTop));
  return lines.map((line) => {
    if (line === null || line.label === null) return line;
    const { speaker } = line.label;
    return comesBack(speaker) || (isTalk && isShort(speaker)) ? line : { ...line, label: null };
  });
}

function wordCount(label: string): number {
  return label.split(/\s+/u).length;
}

function hasEmptyLineInside(lines: readonly (Line | null)[]): boolean {
  const first = lines.findIndex((line) => line !== null);
  const last = lines.findLastIndex((line) => line !== null);
  return lines.slice(Math.max(first, 0), last + 1).includes(null);
}

function turnFrom(
  line: Line,
  startUnit: number,
  who: { speaker: string | null; labelUnit: number },
  isBlock: boolean,
): OpenTurn {
  return { ...who, startUnit, endUnit: line.endUnit, isBlock };
}

function withCodePoints(text: string, turns: readonly OpenTurn[]): RefiTurn[] {
  let unit = 0;
  let point = 0;
  const pointAt = (target: number): number => {
    for (; unit < target; point += 1) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    return point;
  };
  return turns.map((turn) => {
    const labelStart = pointAt(turn.labelUnit);
    const start = pointAt(turn.startUnit);
    return {
      speaker: turn.speaker,
      text: text.slice(turn.startUnit, turn.endUnit),
      start,
      labelStart,
    };
  });
}
