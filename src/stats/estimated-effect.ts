import { notComputed, type NotComputed } from './outcome.js';

/** What an experiment says of its effect: an estimate and its standard error on the same scale. */
export interface EstimatedEffect {
  estimate: number;
  se: number;
}

/** Why a list of estimated effects cannot be used, or null. */
export function problemWithEffects(effects: readonly EstimatedEffect[]): NotComputed | null {
  for (const [index, { estimate, se }] of effects.entries()) {
    if (!Number.isFinite(estimate) || !(se >= 0 && se < Infinity)) {
      return notComputed(
        'bad-input',
        `effect ${index}: estimate ${estimate}, standard error ${se}`,
      );
    }
    if (se === 0) return notComputed('no-variance', `effect ${index} has no standard error`);
  }
  return null;
}
