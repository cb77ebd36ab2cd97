import { assembleTurns } from './assemble-turns.js';
import { readCueText } from './cue-text.js';
import { parseTimingLine, TIME_ARROW } from './cue-times.js';
import { nameSpeakers, type UnnamedCue } from './name-speakers.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import { linePlace, type ParsedTranscript, type Place } from './transcript.js';
import { linesOf } from './transcript-text.js';

const CUE_NUMBER = /^\s{0,8}\d{1,9}\s{0,8}$/u;

interface SrtBlock {
  timing: string;
  place: Place;
  lines: string[];
}

/**
 * SubRip. Names stand before the text (`Anna: ...`) and stay until the next one. An empty line
 * inside a cue does not end it, only the next time does: the format has no comments, so what stands
 * there was said.
 */
export function readSrt(text: string): ParsedTranscript {
  const notes = new ReadingNotes();
  const cues: UnnamedCue[] = [];
  const blocks = collectBlocks(linesOf(text));
  if (blocks.length === 0 && text.trim() !== '') {
    throw unreadable(linePlace(1), 'no-cue', 'an SRT file has a time before each piece of text');
  }
  for (const { timing, place, lines } of blocks) {
    const times = parseTimingLine(timing);
    if (times === null) {
      notes.add('time-unreadable', place);
      continue;
    }
    const blank = lines.findIndex((line, index) => line.trim() === '' && index > 0);
    if (blank !== -1) notes.add('continues-after-blank', place);
    const said = readCueText(lines.join('\n'));
    cues.push({ ...times, text: said.map((span) => span.text).join(''), place });
  }
  return assembleTurns({
    format: 'srt',
    cues: nameSpeakers(cues, notes),
    carryOver: true,
    notes,
  });
}

/** What stands between one time and the next, without the next one's number and empty ends. */
function collectBlocks(lines: readonly string[]): SrtBlock[] {
  const blocks: SrtBlock[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.includes(TIME_ARROW)) {
      endBlock(blocks.at(-1), true);
      blocks.push({ timing: line, place: linePlace(index + 1), lines: [] });
    } else {
      blocks.at(-1)?.lines.push(line);
    }
  }
  endBlock(blocks.at(-1), false);
  return blocks;
}

function endBlock(block: SrtBlock | undefined, isFollowed: boolean): void {
  if (block === undefined) return;
  const { lines } = block;
  if (isFollowed && CUE_NUMBER.test((lines.at(-1) ?? '').slice(0, 30))) lines.pop();
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
}
