import type { EvaluationResult, MetricReport } from '../evaluation/result.js';
import { profitWord, type Reason } from '../verdict/reasons.js';
import type { VariantVerdict, VerdictState } from '../verdict/verdict.js';
import { type Notice, WHOLE_EXPERIMENT } from './notice.js';

/** Verdicts that are only given once all money of the cohort is in. */
const MATURED_STATES: ReadonlySet<VerdictState> = new Set([
  'proxy_trap',
  'profit_loss',
  'profit_win',
  'proxy_win_profit_flat',
  'no_detectable_change',
]);
const AA_STATES: ReadonlySet<VerdictState> = new Set(['aa_alarm', 'aa_healthy']);

/**
 * What holds at this result and is worth telling without being asked. It reads the verdict, the health
 * and the maturity that the result carries and judges nothing itself, so that what people are told can
 * never disagree with what they see. Of an A/A test only its health is told.
 */
export function noticesOf(result: EvaluationResult): Notice[] {
  return [
    ...brokenRatio(result),
    ...invalidity(result),
    ...result.verdict.perVariant.flatMap((variant) => [
      ...harm(variant),
      ...breaches(variant),
      ...pendingProfit(variant, result),
    ]),
    ...maturedProfit(result),
  ];
}

function brokenRatio({ health: { srm } }: EvaluationResult): Notice[] {
  if (srm.status !== 'failed') return [];
  const { pValue, largestDeviation } = srm;
  return [
    {
      kind: 'srm',
      subject: WHOLE_EXPERIMENT,
      severity: 'urgent',
      sentence:
        'The variants did not get the shares of units they should have (sample ratio mismatch): ' +
        'no number of this test can be trusted.',
      facts: {
        ...(pValue === undefined ? {} : { pValue }),
        ...(largestDeviation === undefined ? {} : { largestDeviation }),
      },
    },
  ];
}

/** Everything else that made the verdict invalid, each once, whichever variants it struck. */
function invalidity({ verdict }: EvaluationResult): Notice[] {
  const bySubject = new Map<string, Notice>();
  for (const { state, reasons } of verdict.perVariant) {
    if (state !== 'invalid') continue;
    for (const reason of reasons) {
      const subject = invalidSubjectOf(reason);
      if (subject === null || bySubject.has(subject)) continue;
      bySubject.set(subject, {
        kind: 'result_invalid',
        subject,
        severity: 'urgent',
        sentence: `The result is invalid. ${reason.sentence}`,
        facts: { ...reason.facts },
      });
    }
  }
  return [...bySubject.values()];
}

function invalidSubjectOf({ code, facts }: Reason): string | null {
  if (code === 'CROSSOVERS') return 'crossovers';
  if (code === 'SRM_NOT_COMPUTED') return 'sample-ratio';
  return code === 'DATA_FAULT' ? String(facts['fault']) : null;
}

function harm({ variant, state, reasons }: VariantVerdict): Notice[] {
  if (state !== 'harm') return [];
  return reasons
    .filter(({ code }) => code === 'PROFIT_HARM_BOUND')
    .map(({ sentence, facts }) => ({
      kind: 'profit_harm',
      subject: variant,
      severity: 'urgent',
      sentence: `Variant ${variant}: ${sentence}`,
      facts: { variant, ...facts },
    }));
}

function breaches({ variant, state, guardrails }: VariantVerdict): Notice[] {
  if (state === 'invalid' || AA_STATES.has(state)) return [];
  return guardrails
    .filter((guardrail) => guardrail.state === 'breached' || guardrail.sequentialHarm)
    .map(({ key, state: found, sequentialHarm }) => ({
      kind: 'guardrail_breach',
      subject: guardrailSubject(variant, key),
      severity: sequentialHarm ? 'urgent' : 'warning',
      sentence: sequentialHarm
        ? `Variant ${variant}: the guardrail ${key} has become so much worse that waiting longer does harm.`
        : `Variant ${variant}: the guardrail ${key} is worse than its margin allows. Its owner has to answer before anything ships.`,
      facts: { variant, metric: key, state: found, sequentialHarm },
    }));
}

/** What a breach is about: the variant, and the metric it hurts. */
export function guardrailSubject(variant: string, metric: string): string {
  return `${variant}/${metric}`;
}

function pendingProfit(
  { variant, state, reasons }: VariantVerdict,
  result: EvaluationResult,
): Notice[] {
  if (state !== 'proxy_win_pending_profit') return [];
  const closesAt = decidingReport(result)?.maturity.closesAt;
  const until = closesAt === undefined ? '' : ` All of it will be in on ${closesAt.slice(0, 10)}.`;
  return [
    {
      kind: 'proxy_win_pending',
      subject: variant,
      severity: 'info',
      sentence: `Variant ${variant}: ${sentencesOf(reasons)}${until}`,
      facts: { variant, ...(closesAt === undefined ? {} : { closesAt }) },
    },
  ];
}

function maturedProfit(result: EvaluationResult): Notice[] {
  const { perVariant, winner, profitCoverage } = result.verdict;
  const matured = decidingReport(result)?.maturity.wholeCohort === true;
  if (!matured || perVariant.length === 0) return [];
  if (perVariant.some(({ state }) => !MATURED_STATES.has(state))) return [];
  const lost = perVariant.some(({ state }) => state === 'proxy_trap' || state === 'profit_loss');
  const verdicts = perVariant.map(
    ({ variant, state, reasons }) =>
      `Variant ${variant}: ${state.replaceAll('_', ' ')}. ${sentencesOf(reasons)}`,
  );
  const won = winner === undefined ? '' : ` The winner is ${winner}.`;
  return [
    {
      kind: 'profit_matured',
      subject: WHOLE_EXPERIMENT,
      severity: lost ? 'warning' : 'info',
      sentence: `${profitWord(profitCoverage)} of the whole cohort has matured. ${verdicts.join(' ')}${won}`,
      facts: {
        verdict: perVariant.map(({ variant, state }) => `${variant}: ${state}`).join(', '),
        winner: winner ?? null,
        profitCoverage,
      },
    },
  ];
}

function decidingReport({ metrics }: EvaluationResult): MetricReport | undefined {
  return metrics.find(({ role }) => role === 'deciding');
}

function sentencesOf(reasons: readonly Reason[]): string {
  return reasons.map(({ sentence }) => sentence).join(' ');
}
