import { countWords } from '../text.js';
import { guessSpeakers } from '../transcripts/guess-speakers.js';

/** A piece of a source, with the name before it as it stands there; null: nobody is named. */
export interface VoicedTurn {
  speaker: string | null;
  text: string;
}

/** Whoever asks, asks in most of their turns; whoever answers, in few. */
const ASKING_SHARE_MIN = 0.5;
const ANSWERING_SHARE_MAX = 0.25;
/** Question marks of the scripts that have their own, and what may close a sentence behind them. */
const ENDS_IN_QUESTION = /[?\uff1f\u061f\u037e\u2047\u2048\u203d]["'\u2019\u201d\u00bb)\]]*$/u;

/**
 * Under which name the person of a source speaks in it, when the source is one person's. In this
 * order: the name that is theirs; the only one that is left beside whoever asks; of two, the one that
 * answers, which question marks tell in any language.
 *
 * Undefined when the text does not tell: then nobody's words may be taken for the person's, because
 * a question that became an answer would be evidence that nobody gave.
 */
export function personsVoice(input: {
  turns: readonly VoicedTurn[];
  /** What the person may be called. */
  names: readonly string[];
  /** How those who ask are called, as far as somebody said so. */
  askers: readonly string[];
}): { speaker: string | null } | undefined {
  const voices = [...new Set(input.turns.map(({ speaker }) => speaker))];
  const left = voices.filter((voice) => !isOneOf(voice, input.askers));
  const own = left.filter((voice) => isOneOf(voice, input.names));
  if (own.length > 0) return own.length === 1 ? { speaker: own[0] ?? null } : undefined;
  const [first, second] = left;
  if (first === undefined) return undefined;
  if (second === undefined) {
    const isKnown = voices.length > 1 || first === null;
    return isKnown || !asks(input.turns, first) ? { speaker: first } : undefined;
  }
  if (left.length > 2) return undefined;
  const answering = [first, second].filter((voice) => answers(input.turns, voice));
  const asking = [first, second].filter((voice) => asks(input.turns, voice));
  if (answering.length !== 1 || asking.length !== 1) return undefined;
  return { speaker: answering[0] ?? null };
}

function isOneOf(voice: string | null, names: readonly string[]): boolean {
  if (voice === null || names.length === 0) return false;
  const speakers = [{ speaker: voice, words: countWords(voice) }];
  const [guess] = guessSpeakers({ speakers, person: { ref: '', names } });
  return guess?.role === 'participant';
}

function asks(turns: readonly VoicedTurn[], voice: string | null): boolean {
  return questionShare(turns, voice) >= ASKING_SHARE_MIN;
}

function answers(turns: readonly VoicedTurn[], voice: string | null): boolean {
  return questionShare(turns, voice) <= ANSWERING_SHARE_MAX;
}

function questionShare(turns: readonly VoicedTurn[], voice: string | null): number {
  const own = turns.filter(({ speaker }) => speaker === voice);
  return own.filter(({ text }) => ENDS_IN_QUESTION.test(text)).length / own.length;
}
