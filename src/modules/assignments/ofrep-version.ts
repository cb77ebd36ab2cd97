import { parseInstant } from '../../domain/events/instant.js';
import type { ProjectFlags } from './assignment-config.reader.js';

/** The version of a configuration as a stream told it to a client, and the client tells us. */
export interface NamedVersion {
  /** Query member `flagConfigEtag`. */
  etag?: unknown;
  /** Query member `flagConfigLastModified`: seconds since 1970, or RFC 3339. */
  lastModified?: unknown;
}

type Version = Pick<ProjectFlags, 'version' | 'changedAt'>;

/** Whole seconds since 1970: what OFREP recommends. */
export function lastModifiedOf({ changedAt }: Pick<Version, 'changedAt'>): number {
  return Math.floor(changedAt.getTime() / 1_000);
}

/**
 * Whether a client has heard of a version that is not the one in memory: then another replica has read
 * it first, or it has been followed by another already. Clocks of replicas differ, so that the time
 * counts only where no version is named. A client that names neither has heard of nothing.
 */
export function isBehind(ours: Version, { etag, lastModified }: NamedVersion): boolean {
  if (typeof etag === 'string' && etag !== '') return etag !== ours.version;
  const seconds = secondsOf(lastModified);
  return seconds !== null && seconds > lastModifiedOf(ours);
}

function secondsOf(value: unknown): number | null {
  if (typeof value === 'string' && /^\d{1,12}$/.test(value)) return Number(value);
  const instant = parseInstant(value);
  return instant === null ? null : Math.floor(instant.getTime() / 1_000);
}
