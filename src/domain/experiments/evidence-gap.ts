import type { Dossier } from '../evidence/dossier.js';
import type { GateReport } from '../evidence/gate-report.js';
import { BECAUSE_PARTS, type BecauseClause, type Rationale } from './definition.js';

/** What becomes of a launched experiment whose evidence is taken back. */

/** What is unmet when people take their words back; age alone does not withdraw anything. */
const WITHDRAWAL_CODES: ReadonlySet<string> = new Set(['CONSENT_MISSING', 'QUOTE_NOT_FOUND']);

export interface QuoteReplacement {
  quoteId: string;
  withQuoteId: string;
}

export interface GapAnswer {
  answeredAt: Date;
  replacements: readonly QuoteReplacement[];
}

export interface EvidenceGap {
  /** Something cited cannot be used any more, and nothing stands in for it. */
  withdrawn: boolean;
  /** Something cited cannot be used any more, and other quotes stand in for it. */
  replaced: boolean;
  /** A gap that is open was answered in writing after the latest withdrawal. */
  answered: boolean;
}

export interface GapInput {
  /** The create gate today, for what was cited. */
  today: Pick<GateReport, 'unmet'>;
  /** The same with the replacements in place; null when there are none. */
  replaced: Pick<GateReport, 'unmet'> | null;
  answers: readonly GapAnswer[];
  /** The last time something cited was taken back; null when it is not known. */
  latestWithdrawalAt: Date | null;
}

/** A gap is closed by other words, or lived with in writing; a later withdrawal opens it again. */
export function evidenceGap(input: GapInput): EvidenceGap {
  const { today, replaced, answers, latestWithdrawalAt } = input;
  if (!lacksWords(today)) return { withdrawn: false, replaced: false, answered: false };
  if (replaced !== null && !lacksWords(replaced)) {
    return { withdrawn: false, replaced: true, answered: false };
  }
  const since = latestWithdrawalAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const answered = answers.some(({ answeredAt }) => answeredAt.getTime() >= since);
  return { withdrawn: true, replaced: false, answered };
}

function lacksWords({ unmet }: Pick<GateReport, 'unmet'>): boolean {
  return unmet.some(({ code }) => WITHDRAWAL_CODES.has(code));
}

/** Which quote stands for which after all answers, oldest first; a later one may replace again. */
export function standInsOf(answers: readonly GapAnswer[]): Map<string, string> {
  const standIns = new Map<string, string>();
  for (const { quoteId, withQuoteId } of answers.flatMap(({ replacements }) => replacements)) {
    for (const [from, to] of standIns) if (to === quoteId) standIns.set(from, withQuoteId);
    standIns.set(quoteId, withQuoteId);
  }
  for (const [from, to] of standIns) if (from === to) standIns.delete(from);
  return standIns;
}

/** The rationale with every replaced quote named by the one that stands in for it. */
export function withStandIns(
  rationale: Rationale,
  standIns: ReadonlyMap<string, string>,
): Rationale {
  const swap = (ids: readonly string[]) => [...new Set(ids.map((id) => standIns.get(id) ?? id))];
  const because: Partial<Record<(typeof BECAUSE_PARTS)[number], BecauseClause>> = {};
  for (const part of BECAUSE_PARTS) {
    const clause = rationale.because?.[part];
    if (clause === undefined) continue;
    const { quoteIds } = clause;
    because[part] = quoteIds === undefined ? clause : { ...clause, quoteIds: swap(quoteIds) };
  }
  return {
    ...rationale,
    ...(rationale.because === undefined ? {} : { because }),
    ...(rationale.chain === undefined
      ? {}
      : {
          chain: rationale.chain.map((link) =>
            link.support === undefined ? link : { ...link, support: swap(link.support) },
          ),
        }),
    ...(rationale.otherExplanations === undefined
      ? {}
      : {
          otherExplanations: rationale.otherExplanations.map((other) =>
            other.tests === undefined
              ? other
              : {
                  ...other,
                  tests: other.tests.map((test) =>
                    test.quoteIds === undefined ? test : { ...test, quoteIds: swap(test.quoteIds) },
                  ),
                },
          ),
        }),
  };
}

/**
 * The dossier without the quotes that others stand in for: they support nothing any more. The others
 * count only where they support a cited insight themselves.
 */
export function withoutReplaced(dossier: Dossier, standIns: ReadonlyMap<string, string>): Dossier {
  const gone = (quoteId: string | null) => quoteId !== null && standIns.has(quoteId);
  return {
    ...dossier,
    quotes: dossier.quotes.filter(({ id }) => !gone(id)),
    insights: dossier.insights.map((insight) => ({
      ...insight,
      entries: insight.entries.filter(({ quoteId }) => !gone(quoteId)),
    })),
  };
}

/** The stand-ins that support none of the cited insights: they say nothing for this reason. */
export function strangersAmong(dossier: Dossier, quoteIds: readonly string[]): string[] {
  const supporting = new Set(
    dossier.insights.flatMap(({ entries }) =>
      entries
        .filter(({ disposition }) => disposition === 'supports')
        .flatMap(({ quoteId }) => quoteId ?? []),
    ),
  );
  return quoteIds.filter((id) => !supporting.has(id));
}

/**
 * Codes that were met at launch and are not any more, when today's people and words are judged as of
 * the launch: so neither age nor a policy that came later counts, and a merged person does.
 */
export function recountOf(
  atLaunch: Pick<GateReport, 'met' | 'warnings'>,
  recounted: Pick<GateReport, 'unmet'>,
): string[] {
  const passed = new Set([...atLaunch.met, ...atLaunch.warnings].map(({ code }) => code));
  return recounted.unmet.map(({ code }) => code).filter((code) => passed.has(code));
}
