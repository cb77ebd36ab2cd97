import type { Place } from './transcript.js';

/** What a reader may have to leave out or assume, as a sentence about how many. */
const SENTENCES = {
  'speaker-carried': (n: number) =>
    `${counted(n, 'cue or line', 'cues or lines')} had no speaker: taken as the speaker before`,
  'speaker-missing': (n: number) =>
    `${counted(n, 'cue or line names', 'cues or lines name')} no speaker`,
  'named-once': (n: number) =>
    `${counted(n, 'name stands', 'names stand')} before a colon only once: ` +
    'taken as a speaker, check that it is one',
  'time-unreadable': (n: number) =>
    `${counted(n, 'cue', 'cues')} left out: the time cannot be read`,
  'time-missing': (n: number) => `${counted(n, 'block', 'blocks')} left out: there is no time`,
  'continues-after-blank': (n: number) =>
    `${counted(n, 'block', 'blocks')} without a time: taken as more of the cue before`,
  'before-first-speaker': (n: number) =>
    `${counted(n, 'line', 'lines')} before the first speaker left out`,
  'not-spoken': (n: number) =>
    `${counted(n, 'line', 'lines')} left out: written by the tool, not said`,
  'turn-divided': (n: number) =>
    `${counted(n, 'turn', 'turns')} divided between two cues: too long for one`,
  'answer-blank': (n: number) => `${counted(n, 'question', 'questions')} left unanswered`,
  'row-blank': (n: number) => `${counted(n, 'row', 'rows')} left out: nothing is answered`,
} as const;

export type NoteKind = keyof typeof SENTENCES;

/** Collects what happened while a file was read; a file of many faults still gets few sentences. */
export class ReadingNotes {
  private readonly found = new Map<NoteKind, { count: number; first: Place }>();

  add(kind: NoteKind, place: Place): void {
    const known = this.found.get(kind);
    if (known === undefined) this.found.set(kind, { count: 1, first: place });
    else known.count += 1;
  }

  firstPlace(kind: NoteKind): Place | null {
    return this.found.get(kind)?.first ?? null;
  }

  inWords(): string[] {
    return Array.from(this.found, ([kind, { count, first }]) => {
      const where = count === 1 ? first.words : `the first: ${first.words}`;
      return `${SENTENCES[kind](count)} (${where}).`;
    });
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
