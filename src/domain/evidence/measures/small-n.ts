import { notComputed, type NotComputed } from '../../../stats/outcome.js';
import { countOf } from './count-of.js';

/** A concern of one person in five is what a team would be sorry to have missed. */
export const CONCERN_SHARE = 0.2;
/** What is not ruled out at 95%. */
const ALPHA = 0.05;

/** How many were heard, printed beside a claim in place of a score. */
export interface SmallN {
  /** Distinct people who were asked about it. */
  asked: number;
  /** Distinct accounts among them; null where people buy for themselves. */
  accounts: number | null;
  /** Distinct stages of the journey among them. */
  stages: number;
}

export interface SmallNPanel extends SmallN {
  ok: true;
  /** Chance that a concern of one person in five would have been heard. */
  heardChance: number;
  /** The share of all people that may disagree although none of those asked did. */
  dissentBound: number;
  /** One plain sentence or two that name the assumption. */
  sentence: string;
}

/**
 * The largest share of people who may disagree when none of n did: 1 - 0.05^(1/n), the exact one-sided
 * 95% bound of a rate with no events (Clopper and Pearson 1934; Hanley and Lippman-Hand 1983,
 * JAMA 249:1743-1745). Assumes that the n are a random sample.
 */
export function dissentBound(n: number): number | NotComputed {
  return problemWith(n) ?? -Math.expm1(Math.log(ALPHA) / n);
}

/**
 * The chance that at least one of n people holds what a share of all people holds: 1 - (1 - share)^n.
 * Assumes that the n are a random sample and that whoever holds it says so.
 */
export function heardChance(n: number, share = CONCERN_SHARE): number | NotComputed {
  const problem = problemWith(n);
  if (problem !== null) return problem;
  if (!(share >= 0 && share <= 1)) {
    return notComputed('bad-input', 'The share of people must lie between 0 and 1.');
  }
  return 1 - (1 - share) ** n;
}

/** What so few people can and cannot show. Shown beside a claim; never a condition to pass. */
export function smallNPanel({ asked, accounts, stages }: SmallN): SmallNPanel | NotComputed {
  const heard = heardChance(asked);
  if (typeof heard !== 'number') return heard;
  const bound = dissentBound(asked);
  if (typeof bound !== 'number') return bound;
  const counts = [
    accounts === null ? null : countOf(accounts, 'account'),
    countOf(stages, 'stage'),
  ].filter((one) => one !== null);
  const sentence =
    `${asked === 1 ? '1 person was' : `${asked} people were`} asked (${counts.join(', ')}). ` +
    'If they were a random sample of the people this is about, a concern of one person in five had ' +
    `a chance of ${percent(heard)} to be heard, and where none of them disagreed up to ` +
    `${percent(bound)} of all people still could. Who agrees to talk is seldom a random sample.`;
  return { ok: true, asked, accounts, stages, heardChance: heard, dissentBound: bound, sentence };
}

function problemWith(n: number): NotComputed | null {
  if (!Number.isInteger(n) || n < 0) {
    return notComputed('bad-input', 'The number of people must be a whole number.');
  }
  if (n === 0) return notComputed('too-few', 'Nobody was asked, so nothing can be said of others.');
  return null;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
