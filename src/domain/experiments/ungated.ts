import { canonicalJson } from './canonical-json.js';
import type { ExperimentDefinition } from './definition.js';

/** What is shipped without a reason, under another name. */

/**
 * An A/A test needs no because, as its variants are the same. One whose variants deliver different
 * values is a change for people that passed no gate.
 */
export function isUngatedChange({
  kind,
  variants,
}: Pick<ExperimentDefinition, 'kind' | 'variants'>): boolean {
  if (kind !== 'aa') return false;
  return new Set(variants.map(({ value }) => canonicalJson(value ?? null))).size > 1;
}

/** How many experiments somebody was heard live for. */
export interface DirectContext {
  experiments: number;
  withDirectContext: number;
  /** Null where there is no experiment. */
  share: number | null;
}

export function directContext(experiments: readonly { liveFirstHand: number }[]): DirectContext {
  const heard = experiments.filter(({ liveFirstHand }) => liveFirstHand > 0).length;
  return {
    experiments: experiments.length,
    withDirectContext: heard,
    share: experiments.length === 0 ? null : heard / experiments.length,
  };
}
