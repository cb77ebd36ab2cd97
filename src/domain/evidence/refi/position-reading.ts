import { codePointLength, foldForMatching, isCountableLength } from '../text.js';

/**
 * How a program counted positions. The specification says code points from 0 and does not say
 * whether the end belongs to the selection; its samples are half-open. Programs differ in all of
 * this, and none says how it counts.
 */
export interface PositionReading {
  unit: 'code-point' | 'utf-16';
  /** A line break as the characters it is written with, or always as one, or always as two. */
  lineBreak: 'as-written' | 'one' | 'two';
  end: 'half-open' | 'inclusive';
  /** Whether the byte-order mark, which is not in the text, was counted. */
  mark: 'ignored' | 'counted';
}

export const SPECIFIED_READING: PositionReading = {
  unit: 'code-point',
  lineBreak: 'as-written',
  end: 'half-open',
  mark: 'ignored',
};

export interface WrittenSelection {
  start: number;
  end: number;
  /** What may be the selected words: the name of the selection, its description. */
  words: readonly string[];
}

export type Anchor =
  | { found: true; start: number; end: number; exact: string; checked: boolean }
  | { found: false; reason: 'position-disagrees' | 'position-outside-text' };

export interface AnchoredSelections {
  reading: PositionReading;
  /** Selections whose words stand where this reading puts them. */
  confirmedBy: number;
  /** One for each selection, in their order. */
  anchors: Anchor[];
}

/** Searching a whole text for words is dear; a file with more doubtful selections is not searched. */
const SEARCHES_MAX = 1_000;
/** A span this much longer than the words cannot equal them, however its white space folds. */
const UNITS_PER_WORD_UNIT = 4;

/**
 * Finds where the selections of one source lie. One reading is taken for the whole source: the one
 * that puts most selections on their own words, and of equals the one nearest to the specification.
 * A selection that carries words which stand elsewhere is refused: moving it would be a guess.
 */
export function anchorSelections(
  text: string,
  hadMark: boolean,
  selections: readonly WrittenSelection[],
): AnchoredSelections {
  const units = unitsOfPoints(text);
  let best = { reading: SPECIFIED_READING, score: -1, spans: [] as (Span | null)[] };
  const hasWords = selections.some((selection) => selection.words.length > 0);
  const readings = hasWords ? readingsFor(text, hadMark) : [SPECIFIED_READING];
  for (const reading of readings) {
    const points = pointsOfPositions(text, reading);
    const spans = selections.map((selection) => spanOf(selection, points, reading));
    const score = selections.reduce(
      (sum, selection, index) =>
        sum + agreement(selection, wordsAt(text, units, spans[index] ?? null)),
      0,
    );
    if (score > best.score) best = { reading, score, spans };
  }
  const carriesWords = wordsOrLabel(text);
  const anchors = selections.map((selection, index): Anchor => {
    const span = best.spans[index] ?? null;
    const exact = wordsAt(text, units, span);
    if (span === null) return { found: false, reason: 'position-outside-text' };
    const checked = agreement(selection, exact) > 0;
    const length = span.end - span.start;
    if (!checked && selection.words.some((words) => carriesWords(words, length))) {
      return { found: false, reason: 'position-disagrees' };
    }
    return { found: true, ...span, exact, checked };
  });
  const confirmedBy = anchors.filter((anchor) => anchor.found && anchor.checked).length;
  return { reading: best.reading, confirmedBy, anchors };
}

interface Span {
  start: number;
  end: number;
}

/** The readings that differ for this text, the specification's first. */
function readingsFor(text: string, hadMark: boolean): PositionReading[] {
  const units = /[\u{10000}-\u{10ffff}]/u.test(text)
    ? (['code-point', 'utf-16'] as const)
    : (['code-point'] as const);
  const lineBreaks = /\r|\n/.test(text)
    ? (['as-written', 'one', 'two'] as const)
    : (['as-written'] as const);
  const marks = hadMark ? (['ignored', 'counted'] as const) : (['ignored'] as const);
  return marks.flatMap((mark) =>
    units.flatMap((unit) =>
      lineBreaks.flatMap((lineBreak) =>
        (['half-open', 'inclusive'] as const).map((end) => ({ unit, lineBreak, end, mark })),
      ),
    ),
  );
}

/** UTF-16 offset of each code point, and of the end. */
function unitsOfPoints(text: string): Int32Array {
  const units = new Int32Array(text.length + 1);
  let points = 0;
  for (let unit = 0; unit < text.length; points += 1) {
    units[points] = unit;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  units[points] = text.length;
  return units.subarray(0, points + 1);
}

/** The code point at which each position lies; -1 inside what is counted as more than one. */
function pointsOfPositions(text: string, reading: PositionReading): Int32Array {
  const lead = reading.mark === 'counted' ? 1 : 0;
  // At most two for a unit: a line break that is counted as two.
  const points = new Int32Array(lead + 2 * text.length + 1).fill(-1);
  let position = lead;
  let point = 0;
  for (let unit = 0; unit < text.length;) {
    points[position] = point;
    const isPair = text[unit] === '\r' && text[unit + 1] === '\n';
    const isBreak = text[unit] === '\r' || text[unit] === '\n';
    if (isBreak && reading.lineBreak !== 'as-written') {
      position += reading.lineBreak === 'one' ? 1 : 2;
      point += isPair ? 2 : 1;
      unit += isPair ? 2 : 1;
      continue;
    }
    const width = (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    position += reading.unit === 'utf-16' ? width : 1;
    point += 1;
    unit += width;
  }
  points[position] = point;
  return points;
}

function spanOf(
  selection: WrittenSelection,
  points: Int32Array,
  reading: PositionReading,
): Span | null {
  const start = points[selection.start] ?? -1;
  const end = points[selection.end + (reading.end === 'inclusive' ? 1 : 0)] ?? -1;
  return start >= 0 && end > start ? { start, end } : null;
}

function wordsAt(text: string, units: Int32Array, span: Span | null): string {
  return span === null ? '' : text.slice(units[span.start], units[span.end]);
}

/**
 * 3: the words are those of the selection; 2: but for white space at the ends, which a shift by one
 * looks like as well; 1: they are its beginning; 0: they are not.
 */
function agreement(selection: WrittenSelection, exact: string): 0 | 1 | 2 | 3 {
  let best: 0 | 1 | 2 | 3 = 0;
  for (const words of selection.words) {
    const wanted = foldForMatching(words);
    if (wanted === '') continue;
    const longest = words.length * UNITS_PER_WORD_UNIT + 64;
    const span = foldForMatching(exact.slice(0, longest));
    if (exact.length <= longest && span === wanted) {
      if (foldInside(exact) === foldInside(words)) return 3;
      best = 2;
    }
    if (best > 0) continue;
    const { stem, isCut } = stemOf(wanted);
    if ((isCut || isCountableLength(stem)) && stem !== '' && span.startsWith(stem)) best = 1;
  }
  return best;
}

function foldInside(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ');
}

/** Some programs keep only the first words of a selection, with an ellipsis or without. */
function stemOf(wanted: string): { stem: string; isCut: boolean } {
  const stem = wanted.replace(/\s*(?:\u2026|\.\.\.)$/u, '');
  return { stem, isCut: stem !== wanted };
}

/**
 * Whether a name that disagrees was meant as the selected words, or is a label that somebody gave.
 * It is taken for words when two of three signs are there: it stands somewhere in the source, it is
 * about as long as the selection, it is too long to be a common phrase.
 */
function wordsOrLabel(text: string): (words: string, spanLength: number) => boolean {
  let folded: string | null = null;
  let searches = 0;
  const standsInSource = (stem: string): boolean => {
    searches += 1;
    if (searches > SEARCHES_MAX) return true;
    folded ??= foldForMatching(text);
    return folded.includes(stem);
  };
  return (words, spanLength) => {
    const { stem, isCut } = stemOf(foldForMatching(words));
    if (stem === '') return false;
    const isLong = isCountableLength(stem);
    const difference = Math.abs(codePointLength(words) - spanLength);
    const isAlike = isCut || difference <= Math.max(2, spanLength / 10);
    if (isLong === isAlike) return isLong;
    return standsInSource(stem);
  };
}
