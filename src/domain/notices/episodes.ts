import type { EvaluationResult } from '../evaluation/result.js';
import type { VariantVerdict } from '../verdict/verdict.js';
import { isGraver, type Notice } from './notice.js';
import { guardrailSubject, noticesOf } from './notices-of.js';

/** An episode that is open, as far as a newer result needs to know it. */
export type OpenEpisode = Pick<Notice, 'kind' | 'subject' | 'severity' | 'facts'> & { id: string };

export interface EpisodeChanges {
  opened: Notice[];
  /** Ids of the episodes that are over. */
  ended: string[];
}

/**
 * What a newer result does to the episodes that follow from results: what holds and is not open is
 * opened, what no longer holds is ended, and what the result cannot tell stays as it is. What has become
 * graver, or got another verdict, is a new episode: people have to hear of it.
 */
export function episodesAfter(
  result: EvaluationResult,
  open: readonly OpenEpisode[],
): EpisodeChanges {
  const holding = noticesOf(result);
  const continued = (episode: OpenEpisode) =>
    holding.find((notice) => continues(episode, notice)) !== undefined;
  return {
    opened: holding.filter((notice) => !open.some((episode) => continues(episode, notice))),
    ended: open
      .filter(
        (episode) => !continued(episode) && (holds(episode, holding) || tells(result, episode)),
      )
      .map(({ id }) => id),
  };
}

function isSame(episode: OpenEpisode, notice: Notice): boolean {
  return episode.kind === notice.kind && episode.subject === notice.subject;
}

function continues(episode: OpenEpisode, notice: Notice): boolean {
  return (
    isSame(episode, notice) &&
    !isGraver(notice.severity, episode.severity) &&
    (notice.kind !== 'profit_matured' || notice.facts['verdict'] === episode.facts['verdict'])
  );
}

function holds(episode: OpenEpisode, holding: readonly Notice[]): boolean {
  return holding.some((notice) => isSame(episode, notice));
}

/** Whether the result can say that the episode is over. */
function tells(result: EvaluationResult, { kind, subject }: OpenEpisode): boolean {
  const { perVariant } = result.verdict;
  switch (kind) {
    case 'srm':
      return result.health.srm.status !== 'not_computed';
    case 'result_invalid':
      return true;
    case 'guardrail_breach':
      return perVariant.every((variant) => tellsOfGuardrail(variant, subject));
    case 'profit_harm':
    case 'proxy_win_pending':
      return perVariant.every(({ variant, state }) => variant !== subject || state !== 'invalid');
    case 'profit_matured':
      return perVariant.every(({ state }) => state !== 'invalid');
    case 'verdict_revised':
    case 'roll_back_proposed':
    case 'evidence_withdrawn':
    case 'insight_contested':
    case 'follow_up_due':
    case 'evaluation_failed':
      return false;
  }
}

function tellsOfGuardrail(
  { variant, state, guardrails }: VariantVerdict,
  subject: string,
): boolean {
  const guardrail = guardrails.find(({ key }) => guardrailSubject(variant, key) === subject);
  if (guardrail === undefined) return true;
  return state !== 'invalid' && guardrail.state !== 'not_computed';
}
