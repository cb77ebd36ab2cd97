import { createHash } from 'node:crypto';
import type { EvaluableFeature } from '../../../domain/assignment/growthbook-evaluation.js';
import { growthBookFeature } from '../../../domain/assignment/growthbook-feature.js';
import { fnv32a } from '../../../domain/assignment/hash.js';
import type { ProjectFlags } from '../assignment-config.reader.js';

/** All that GrowthBook SDKs are told of a project: made once for each version of its flags. */
export interface GrowthBookPayload {
  /** Of the flags it was made of. */
  version: string;
  dateUpdated: string;
  /** What is sent, as JSON. */
  text: string;
  etag: string;
  features: readonly EvaluableFeature[];
}

export function payloadOf(flags: ProjectFlags): GrowthBookPayload {
  const features = [...flags.flags.values()].flatMap((flag): EvaluableFeature[] => {
    const { key, status, experiment, forced, endedHoldouts, compiled } = flag;
    const feature = growthBookFeature(key, { ...experiment, forced, endedHoldouts });
    const { variants } = experiment.plan;
    return feature === null ? [] : [{ key, phase: status, variants, compiled, feature }];
  });
  const dateUpdated = dateUpdatedOf(flags);
  const text = JSON.stringify({
    status: 200,
    features: Object.fromEntries(features.map(({ key, feature }) => [key, feature])),
    dateUpdated,
  });
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  return { version: flags.version, dateUpdated, text, etag, features };
}

/**
 * SDKs ignore a payload whose date is that of the last one (E37). Replicas see changes at times of
 * their own, two of them perhaps in one millisecond; the digits below it come from the version.
 */
function dateUpdatedOf({ changedAt, version }: ProjectFlags): string {
  const digits = String(fnv32a(version) % 1_000).padStart(3, '0');
  return changedAt.toISOString().replace('Z', `${digits}Z`);
}
