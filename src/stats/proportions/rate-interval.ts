import type { Conversions } from '../beta-binomial.js';
import { type Interval, notComputed, type NotComputed } from '../outcome.js';

/** An estimate that comes from counts of conversions, with the values the counts do not rule out. */
export interface RateInterval {
  ok: true;
  estimate: number;
  interval: Interval;
}

export interface TwoArms {
  treatment: Conversions;
  control: Conversions;
}

/** Why the counts of an arm cannot be used, or null. */
export function problemWithArm(name: string, { successes, n }: Conversions): NotComputed | null {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(successes) || n < 0) {
    return notComputed('bad-input', `${name} has ${successes} conversions of ${n} units`);
  }
  if (successes < 0 || successes > n) {
    return notComputed('bad-input', `${name} has ${successes} conversions of ${n} units`);
  }
  return n === 0 ? notComputed('empty-arm', `no units in ${name}`) : null;
}

/** Why the counts of two arms cannot be used, or null. */
export function problemWithArms({ treatment, control }: TwoArms): NotComputed | null {
  return problemWithArm('treatment', treatment) ?? problemWithArm('control', control);
}

/** Counts in which no unit, or every unit, of both arms converted say nothing about a difference. */
export function problemWithVariance({ treatment, control }: TwoArms): NotComputed | null {
  const converted = treatment.successes + control.successes;
  if (converted === 0) return notComputed('no-variance', 'no unit converted in either arm');
  if (converted === treatment.n + control.n) {
    return notComputed('no-variance', 'every unit converted in both arms');
  }
  return null;
}

/** The same arm with the outcome turned round: those who did not convert. */
export function complement({ successes, n }: Conversions): Conversions {
  return { successes: n - successes, n };
}
