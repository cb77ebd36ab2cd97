import type { ReadingNotes } from './reading-notes.js';
import {
  believedSpeakers,
  type PrefixedLine,
  speakerPrefixOf,
  withoutChangeMark,
} from './speaker-prefix.js';
import type { Cue, Place } from './transcript.js';
import { foldSpace } from './transcript-text.js';

/** A cue whose text may begin with `Name:`; its lines are still apart. */
export interface UnnamedCue {
  text: string;
  startMs?: number;
  endMs?: number;
  place: Place;
}

/**
 * Cues with their speakers, where the format writes names into the text. A name that the file uses
 * at the beginning of cues also changes the speaker inside one.
 */
export function nameSpeakers(cues: readonly UnnamedCue[], notes: ReadingNotes): Cue[] {
  const prefixes = cues.map((cue) => speakerPrefixOf(firstLine(cue.text)));
  const speakers = believedSpeakers(prefixes.flatMap((prefix) => prefix?.speaker ?? []));
  return cues.flatMap((cue, index) => {
    const prefix = prefixes[index] ?? null;
    const isOnce = prefix !== null && speakers.get(prefix.speaker) === 1;
    if (isOnce && speakers.size > 1) notes.add('named-once', cue.place);
    return partsOf(cue, prefix, speakers);
  });
}

function partsOf(
  cue: UnnamedCue,
  first: PrefixedLine | null,
  speakers: ReadonlyMap<string, number>,
): Cue[] {
  const parts: { speaker: string | null; lines: string[]; startMs?: number }[] = [];
  for (const [index, line] of cue.text.trim().split('\n').entries()) {
    const prefix = index === 0 ? first : speakerPrefixOf(line);
    if (prefix !== null && isSpeaker(prefix, speakers, index)) {
      const { speaker, text, startMs } = prefix;
      parts.push({ speaker, lines: [text], ...(startMs === undefined ? {} : { startMs }) });
      continue;
    }
    const last = parts.at(-1);
    if (last === undefined) parts.push({ speaker: null, lines: [withoutChangeMark(line)] });
    else last.lines.push(line);
  }
  return parts.map(({ lines, ...part }) => ({
    ...cue,
    ...part,
    text: foldSpace(lines.join('\n')),
  }));
}

function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0] ?? '';
}

function isSpeaker(
  prefix: PrefixedLine,
  speakers: ReadonlyMap<string, number>,
  line: number,
): boolean {
  return (speakers.get(prefix.speaker) ?? 0) > (line === 0 ? 0 : 1);
}
