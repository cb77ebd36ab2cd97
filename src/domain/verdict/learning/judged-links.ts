import type { ChainLink } from '../../experiments/definition.js';
import type { LinkVerdict } from '../chain.js';
import type { VariantVerdict } from '../verdict.js';
import { isSameLink, type SaidLink } from './said.js';

/** Every link of the frozen chain, with who judged it: numbers where there are any, people elsewhere. */

export const LINK_JUDGES = ['numbers', 'people'] as const;
export type LinkJudge = (typeof LINK_JUDGES)[number];

export interface LearnedLink {
  from: string;
  to: string;
  /** Null: nobody has judged it. */
  verdict: LinkVerdict | null;
  by: LinkJudge | null;
  note: string | null;
  /** What people said where the numbers say otherwise. */
  saidInstead: LinkVerdict | null;
}

/**
 * The numbers judge a link where every variant read says `held` or every one says `broken`; no note
 * overrules them. Where they do not speak, or disagree between the variants, people judge.
 */
export function judgeLinks(
  chain: readonly ChainLink[],
  variants: readonly Pick<VariantVerdict, 'chain'>[],
  said: readonly SaidLink[],
): LearnedLink[] {
  return chain.map((link) => {
    const { from, to } = link;
    const measured = measuredVerdict(link, variants);
    const words = said.find((candidate) => isSameLink(candidate, link));
    const note = words?.note ?? null;
    if (measured === null) {
      const by = words === undefined ? null : 'people';
      return { from, to, verdict: words?.verdict ?? null, by, note, saidInstead: null };
    }
    const otherwise = words !== undefined && words.verdict !== measured;
    const saidInstead = otherwise ? words.verdict : null;
    return { from, to, verdict: measured, by: 'numbers', note, saidInstead };
  });
}

function measuredVerdict(
  link: ChainLink,
  variants: readonly Pick<VariantVerdict, 'chain'>[],
): LinkVerdict | null {
  const verdicts = new Set(
    variants.map(({ chain }) => chain.find((judged) => isSameLink(judged, link))?.verdict),
  );
  const [verdict] = verdicts;
  return verdicts.size === 1 && (verdict === 'held' || verdict === 'broken') ? verdict : null;
}
