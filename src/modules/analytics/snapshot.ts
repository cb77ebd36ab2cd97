/**
 * A snapshot of PostgreSQL, `xmin:xmax:xip,...` (documentation of pg_snapshot): transactions below
 * xmin have ended, those from xmax on had not begun, those in xip were under way.
 */
export interface Snapshot {
  text: string;
  xmin: string;
  xmax: string;
  running: readonly string[];
}

/**
 * What a result was computed from: a snapshot, and the generation of the log, because transaction
 * ids mean something else after a dump and restore. `7/812:815:813`; without the generation it is
 * the first.
 */
export interface Cutoff {
  generation: number;
  snapshot: Snapshot;
}

const SNAPSHOT = /^(\d+):(\d+):((?:\d+(?:,\d+)*)?)$/;

/** @throws RangeError when it is none */
export function snapshotFrom(text: string): Snapshot {
  const match = SNAPSHOT.exec(text);
  if (match === null) throw new RangeError('a snapshot is xmin:xmax:xip');
  const [, xmin = '', xmax = '', running = ''] = match;
  return { text, xmin, xmax, running: running === '' ? [] : running.split(',') };
}

export function cutoffFrom(text: string): Cutoff {
  const at = text.indexOf('/');
  return {
    generation: at === -1 ? 1 : Number(text.slice(0, at)),
    snapshot: snapshotFrom(text.slice(at + 1)),
  };
}

export function cutoffText({ generation, snapshot }: Cutoff): string {
  return `${generation}/${snapshot.text}`;
}
