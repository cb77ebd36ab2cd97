import type { FieldError } from '../../errors.js';
import type { ChainLink } from '../../experiments/definition.js';
import type { LinkVerdict } from '../chain.js';
import type { SurpriseCode } from './surprise.js';

/** What people say they learned when they decide: why it moved, link by link, and who else felt it. */

export const WHY_STATES = ['explained', 'partly', 'unexplained'] as const;
/** `unexplained` is an honest end: nobody is made to invent a reason. */
export type WhyState = (typeof WHY_STATES)[number];

export interface SaidWhy {
  state: WhyState;
  text: string;
  /** Quotes of people who met the change, or who were heard before it. */
  quoteIds?: readonly string[];
}

export interface SaidLink {
  /** Nodes of the frozen chain. */
  from: string;
  to: string;
  verdict: LinkVerdict;
  note?: string;
}

export interface PlannedFollowUp {
  question: string;
  dueAt: Date;
}

export interface SaidSurprise {
  code: SurpriseCode;
  /** The metric or department it is about; absent: every surprise with this code. */
  subject?: string;
  note?: string;
  followUp?: PlannedFollowUp;
  /** Why nobody will look into it. */
  closedUnexplained?: string;
}

export const OBSERVED_EFFECTS = ['none', 'better', 'worse', 'not_measured'] as const;
export type ObservedEffect = (typeof OBSERVED_EFFECTS)[number];

export interface SaidSideEffect {
  department: string;
  observed: ObservedEffect;
  note: string;
}

/** Whether what was to show the reason wrong has happened. */
export interface SaidFalsifier {
  met: boolean;
  /** What was looked at. */
  note: string;
}

export interface SaidLearning {
  why: SaidWhy | null;
  links: readonly SaidLink[];
  surprises: readonly SaidSurprise[];
  sideEffects: readonly SaidSideEffect[];
  /** Absent: nobody said. */
  wrongIf?: SaidFalsifier;
}

/**
 * What is wrong with the words themselves, whatever the gate says: a link that the frozen chain does
 * not have, and two answers to one question. Pointers are into the body of the decision.
 */
export function faultsOfLearning(
  { links, surprises, sideEffects }: SaidLearning,
  chain: readonly ChainLink[],
): FieldError[] {
  const unknown = links.flatMap((link, index) =>
    chain.some((planned) => isSameLink(planned, link))
      ? []
      : [{ pointer: `/links/${index}`, code: 'unknown-link' }],
  );
  return [
    ...unknown,
    ...repeated('/links', links, ({ from, to }) => [from, to]),
    ...repeated('/surprises', surprises, ({ code, subject }) => [code, subject ?? '']),
    ...repeated('/sideEffects', sideEffects, ({ department }) => [department]),
  ];
}

export function isSameLink(
  one: Pick<ChainLink, 'from' | 'to'>,
  other: Pick<ChainLink, 'from' | 'to'>,
): boolean {
  return one.from === other.from && one.to === other.to;
}

function repeated<T>(
  pointer: string,
  entries: readonly T[],
  identity: (entry: T) => readonly string[],
): FieldError[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const key = JSON.stringify(identity(entry));
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ pointer: `${pointer}/${index}`, code: 'repeated' }];
  });
}
