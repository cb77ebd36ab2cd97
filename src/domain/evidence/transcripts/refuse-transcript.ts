import { Invalid } from '../../errors.js';
import type { Place } from './transcript.js';

/**
 * The file cannot be read. The sentence names the place and the fault, never the words: errors are
 * kept in logs.
 */
export function unreadable(place: Place, code: string, fault: string): Invalid {
  return new Invalid('transcript-unreadable', `${sentenceStart(place.words)}: ${fault}.`, [
    { pointer: place.pointer, code },
  ]);
}

export function emptyTranscript(): Invalid {
  return new Invalid('transcript-empty', 'Nobody says anything in this transcript.', [
    { pointer: '', code: 'empty' },
  ]);
}

function sentenceStart(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
