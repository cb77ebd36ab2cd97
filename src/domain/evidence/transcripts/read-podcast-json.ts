import { assembleTurns } from './assemble-turns.js';
import { START_MS_MAX } from './limits.js';
import { ReadingNotes } from './reading-notes.js';
import { unreadable } from './refuse-transcript.js';
import type { Cue, ParsedTranscript, Place } from './transcript.js';
import { cleanSpeaker, foldSpace, plainText } from './transcript-text.js';

/**
 * The JSON transcript of the podcast namespace: segments with speaker, startTime, endTime (seconds)
 * and body, often one per word. A segment without a speaker goes on with the one before.
 */
export function readPodcastJson(text: string): ParsedTranscript {
  const notes = new ReadingNotes();
  const root = parseJson(text);
  const segments = isRecord(root) ? root['segments'] : undefined;
  if (!Array.isArray(segments)) {
    throw unreadable(
      placeAt('/segments'),
      'not-a-list',
      'a JSON transcript has a list of segments',
    );
  }
  const cues = (segments as unknown[]).map(readSegment);
  return assembleTurns({ format: 'podcast_json', cues, carryOver: true, notes });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(plainText(text));
  } catch {
    // The parser's own message repeats a part of the text, and that may be somebody's words.
    throw unreadable({ pointer: '', words: 'the file' }, 'not-json', 'this is not JSON');
  }
}

function readSegment(segment: unknown, index: number): Cue {
  const pointer = `/segments/${index}`;
  if (!isRecord(segment)) throw unreadable(placeAt(pointer), 'not-an-object', 'not a segment');
  const speaker = segment['speaker'] ?? '';
  const body = segment['body'];
  if (typeof speaker !== 'string') {
    throw unreadable(placeAt(`${pointer}/speaker`), 'not-text', 'the speaker is not text');
  }
  if (typeof body !== 'string') {
    throw unreadable(placeAt(`${pointer}/body`), 'not-text', 'the body is not text');
  }
  const startMs = readSeconds(segment['startTime'], `${pointer}/startTime`);
  const endMs = readSeconds(segment['endTime'], `${pointer}/endTime`);
  return {
    speaker: cleanSpeaker(speaker),
    text: foldSpace(body),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    place: placeAt(pointer),
  };
}

function readSeconds(seconds: unknown, pointer: string): number | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds * 1000 <= START_MS_MAX)) {
    throw unreadable(placeAt(pointer), 'not-seconds', 'a time is a number of seconds');
  }
  return Math.round(seconds * 1000);
}

function placeAt(pointer: string): Place {
  return { pointer, words: `at ${pointer}` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
