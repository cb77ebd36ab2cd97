import { countWords, foldForMatching, wordsOf } from '../text.js';
import { SURVEY_SPEAKER } from './read-survey.js';
import type { ParsedTurn } from './transcript.js';

export const SPEAKER_ROLES = ['participant', 'interviewer', 'unknown'] as const;
export type SpeakerRole = (typeof SPEAKER_ROLES)[number];

/** Why a speaker is taken for somebody, the surest first. */
export const GUESS_REASONS = [
  /** The file's name is one of the person's names. */
  'same-name',
  /** One name is the beginning of the other: "Anna" and "Anna Virtanen". */
  'same-first-words',
  /** Two speak and the other one is known. */
  'the-other-one',
  /** Two speak, neither is known, and this one speaks far more than the other, or far less. */
  'share-of-words',
  /** The names fit the participant and the interviewer alike. */
  'fits-both',
  /** The file names nobody here. */
  'no-name',
  'nothing-fits',
] as const;
export type GuessReason = (typeof GUESS_REASONS)[number];

export interface SpeakerShare {
  speaker: string | null;
  words: number;
}

/** To be confirmed by a person: nothing here is certain. */
export interface SpeakerGuess {
  speaker: string | null;
  role: SpeakerRole;
  /** `ref` of the person given, for a participant. */
  participantRef?: string;
  why: GuessReason;
}

/** Somebody whom the list of interviews names for this file. */
export interface ExpectedPerson {
  ref: string;
  /** Pseudonym, name, alias: whatever a file may call them. */
  names: readonly string[];
}

/** In an interview the one who is asked says most; below this share it could be either. */
const MAIN_SPEAKER_SHARE = 0.65;
/** Tools add "(Guest)", "(she/her)", "(2)" to a name. */
const ADDED = /\([^()]{0,60}\)|\[[^[\]]{0,60}\]/gu;

/** Who speaks in these turns, in order of appearance, and how much. */
export function speakersOf(turns: readonly ParsedTurn[]): SpeakerShare[] {
  const words = new Map<string | null, number>();
  for (const { speaker, text } of turns) {
    words.set(speaker, (words.get(speaker) ?? 0) + countWords(text));
  }
  return Array.from(words, ([speaker, count]) => ({ speaker, words: count }));
}

/** Who each speaker of a file may be. Compares names and counts words: no language is assumed. */
export function guessSpeakers(input: {
  speakers: readonly SpeakerShare[];
  person?: ExpectedPerson;
  interviewer?: string;
}): SpeakerGuess[] {
  const { speakers, person } = input;
  const askers = [SURVEY_SPEAKER, ...(input.interviewer === undefined ? [] : [input.interviewer])];
  const byName = speakers.map(({ speaker }) => guessByName(speaker, person, askers));
  const named = byName.filter(({ why }) => why !== 'no-name');
  if (person === undefined || named.length !== 2) return byName;
  return byName.map((guess) => {
    if (guess.why !== 'nothing-fits') return guess;
    const other = named.find(({ speaker }) => speaker !== guess.speaker);
    if (other === undefined || other.why === 'fits-both') return guess;
    if (other.role !== 'unknown') {
      const role = other.role === 'participant' ? 'interviewer' : 'participant';
      return guessed({ speaker: guess.speaker, role, why: 'the-other-one', person });
    }
    const share = shareOf(guess.speaker, speakers);
    if (share > 1 - MAIN_SPEAKER_SHARE && share < MAIN_SPEAKER_SHARE) return guess;
    const role = share >= MAIN_SPEAKER_SHARE ? 'participant' : 'interviewer';
    return guessed({ speaker: guess.speaker, role, why: 'share-of-words', person });
  });
}

function guessByName(
  speaker: string | null,
  person: ExpectedPerson | undefined,
  askers: readonly string[],
): SpeakerGuess {
  if (speaker === null) return { speaker, role: 'unknown', why: 'no-name' };
  for (const [why, fits] of [
    ['same-name', isSameName],
    ['same-first-words', beginsAlike],
  ] as const) {
    const isPerson = person?.names.some((name) => fits(name, speaker)) ?? false;
    const isAsker = askers.some((name) => fits(name, speaker));
    if (isPerson && isAsker) return { speaker, role: 'unknown', why: 'fits-both' };
    if (isPerson) return guessed({ speaker, role: 'participant', why, person });
    if (isAsker) return guessed({ speaker, role: 'interviewer', why, person });
  }
  return { speaker, role: 'unknown', why: 'nothing-fits' };
}

function guessed(input: {
  speaker: string | null;
  role: SpeakerRole;
  why: GuessReason;
  person: ExpectedPerson | undefined;
}): SpeakerGuess {
  const { speaker, role, why, person } = input;
  const isPerson = role === 'participant' && person !== undefined;
  return { speaker, role, ...(isPerson ? { participantRef: person.ref } : {}), why };
}

/** Equal words in any order ("Virtanen, Anna"), or equal but for punctuation ("P-014", "P014"). */
function isSameName(one: string, other: string): boolean {
  const [first, second] = [foldedWords(one), foldedWords(other)];
  if (first.length === 0 || second.length === 0) {
    return foldForMatching(one).toLowerCase() === foldForMatching(other).toLowerCase();
  }
  return (
    first.join('') === second.join('') || first.toSorted().join(' ') === second.toSorted().join(' ')
  );
}

/** All words of the shorter name begin the longer one. A single letter says too little: "P". */
function beginsAlike(one: string, other: string): boolean {
  const [shorter, longer] = [foldedWords(one), foldedWords(other)].toSorted(
    (a, b) => a.length - b.length,
  );
  if (shorter === undefined || longer === undefined) return false;
  const isTelling = shorter.join('').length > 1;
  return isTelling && shorter.every((word, index) => word === longer[index]);
}

function foldedWords(name: string): string[] {
  return wordsOf(name.replace(ADDED, ' ')).map(({ folded }) => folded);
}

function shareOf(speaker: string | null, speakers: readonly SpeakerShare[]): number {
  const own = speakers.find((one) => one.speaker === speaker)?.words ?? 0;
  const all = speakers.reduce((sum, { words }) => sum + words, 0);
  return all === 0 ? 0.5 : own / all;
}
