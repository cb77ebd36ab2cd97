import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import {
  followUpOfLuckyWin,
  followUpsOfSurprises,
  peopleToHear,
} from '../../domain/verdict/learning/follow-up.js';
import {
  type LearnedFacts,
  learnedFactsOf,
  type PeopleAfterwards,
  type TaughtInput,
} from '../../domain/verdict/learning/learned-facts.js';
import { insightEffectOf, judgeLearned } from '../../domain/verdict/learning/learned.js';
import type { LearningCase } from '../../domain/verdict/learning/learning-case.js';
import type { Learning } from '../../domain/verdict/learning/learning.js';
import type { InsightEffect, LearnedFrom } from '../../domain/verdict/learning/outcome.js';
import type { SaidLink } from '../../domain/verdict/learning/said.js';
import { EvidenceWriter } from '../evidence/evidence.writer.js';
import { ExposedPeopleReader } from '../evidence/exposed-people.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';
import { FollowUpOpener } from './follow-up-opener.js';
import { InsightEffects } from './insight-effects.js';
import { type LearnedRow, LearnedRows } from './learned-rows.js';

/** What people decided, and what it rests on. */
export interface JudgedTest {
  experiment: LaunchedExperiment;
  decisionId: string;
  /** The variant that the decision names; null for all. */
  variant: string | null;
  /** The evaluation it rests on; null before the first. */
  result: Pick<EvaluationResult, 'metrics' | 'verdict'> | null;
  learning: LearningCase;
  memberId: string;
  now: Date;
}

/** A verdict that a re-read has revised. */
export interface RevisedTest {
  experiment: LaunchedExperiment;
  decisionId: string;
  rereadId: string;
  result: Pick<EvaluationResult, 'metrics' | 'verdict'>;
  now: Date;
}

/** Who learned, when, and from what. */
interface Occasion {
  decisionId: string;
  from: LearnedFrom;
  rereadId: string | null;
  /** Null: the service itself. */
  memberId: string | null;
  now: Date;
}

/** How a verdict goes back to the claims it came from, in the transaction of the decision. */
@Injectable()
export class LearningWriter {
  constructor(
    private readonly rows: LearnedRows,
    private readonly effects: InsightEffects,
    private readonly opener: FollowUpOpener,
    private readonly people: ExposedPeopleReader,
    private readonly evidence: EvidenceWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
  ) {}

  /** Keeps what was learned, changes the cited insights, and opens the follow-ups. */
  async decided(manager: EntityManager, judged: JudgedTest): Promise<void> {
    const { experiment, decisionId, memberId, now, result, learning } = judged;
    if (experiment.kind === 'aa') return;
    const { said } = learning;
    const taught = { result, links: said.links, wrongIfMet: said.wrongIf?.met ?? null };
    const facts = await this.factsOf(manager, experiment, judged.variant, taught, now);
    const occasion = { decisionId, from: 'decision' as const, rereadId: null, memberId, now };
    await this.learn(manager, experiment, facts, occasion);
    const people = peopleToHear(experiment.plan.policy.profile);
    await this.opener.open(manager, experiment, followUpsOfSurprises(learning, people), occasion);
  }

  /** The same when time has revised the verdict; people's judgements are those of the decision. */
  async revised(manager: EntityManager, revised: RevisedTest): Promise<void> {
    const { experiment, decisionId, rereadId, result, now } = revised;
    if (experiment.kind === 'aa') return;
    const [decision] = (await manager.query(
      `SELECT decision.variant, decision.learning FROM decision
       WHERE decision.project_id = $1 AND decision.id = $2`,
      [experiment.projectId, decisionId],
    )) as { variant: string | null; learning: Learning | null }[];
    if (decision === undefined) return;
    const { variant, learning } = decision;
    const links = saidLinks(learning);
    const taught = { result, links, wrongIfMet: learning?.wrongIf?.met ?? null };
    const facts = await this.factsOf(manager, experiment, variant, taught, now);
    const from = 'reread' as const;
    await this.learn(manager, experiment, facts, {
      decisionId,
      from,
      rereadId,
      memberId: null,
      now,
    });
  }

  /** Judges again where people who met the change have been heard since; nothing else has changed. */
  async heard(manager: EntityManager, experiment: LaunchedExperiment, now: Date): Promise<void> {
    const { projectId, id: experimentId } = experiment;
    const held = await this.rows.newest(manager, { projectId, experimentId });
    if (held.length === 0) return;
    const people = await this.peopleAfterwards(manager, experiment, now);
    const outdated = held.filter(({ facts }) => !isSame(facts.people, people));
    for (const decisionId of new Set(outdated.map((row) => row.decisionId))) {
      const changed = outdated.filter((row) => row.decisionId === decisionId);
      const facts = changed.map((row) => ({ ...row.facts, people }));
      const occasion = { decisionId, from: 'people' as const, rereadId: null, memberId: null, now };
      await this.learn(manager, experiment, facts, occasion);
    }
  }

  private async factsOf(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    named: string | null,
    taught: Pick<TaughtInput, 'result' | 'links' | 'wrongIfMet'>,
    now: Date,
  ): Promise<LearnedFacts[]> {
    const people = await this.peopleAfterwards(manager, experiment, now);
    const { plan } = experiment;
    const tested = plan.variants.filter(({ control }) => !control).map(({ key }) => key);
    const variants = named !== null && tested.includes(named) ? [named] : tested;
    return variants.map((variant) => learnedFactsOf(variant, { ...taught, plan, people }));
  }

  private async peopleAfterwards(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    now: Date,
  ): Promise<PeopleAfterwards> {
    const insightIds = await this.insightsOf(manager, experiment);
    const heard = await this.people.afterwards(manager, experiment, { insightIds, now });
    return { ...heard, needed: peopleToHear(experiment.plan.policy.profile) };
  }

  private async learn(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    learned: readonly LearnedFacts[],
    occasion: Occasion,
  ): Promise<void> {
    const { projectId, id: experimentId, key: experimentKey } = experiment;
    const { decisionId, from, rereadId, memberId, now } = occasion;
    const of = { projectId, experimentId };
    const before = effectsIn(await this.rows.newest(manager, of));
    const insightIds = await this.insightsOf(manager, experiment);
    for (const facts of learned) {
      const judgement = judgeLearned(facts);
      const effect = insightEffectOf(judgement);
      const insights = insightIds.map((insightId) => ({ insightId, effect }));
      await this.rows.add(manager, of, {
        decisionId,
        from,
        rereadId,
        facts,
        judgement,
        insights,
        at: now,
      });
      const { metric, mechanism, outcome } = judgement;
      const entry = { projectId, id: experimentId };
      await this.lifecycle.note(manager, entry, 'learn', now, memberId, {
        variant: facts.variant,
        from,
        metric,
        mechanism,
        outcome,
        effect,
      });
      if (outcome === 'lucky_win') await this.askWhy(manager, experiment, facts, occasion);
    }
    const after = effectsIn(await this.rows.newest(manager, of));
    const actor = memberId ?? 'system';
    const by = { projectId, experimentId, experimentKey, actor, memberId, now };
    await this.effects.apply(manager, by, { before, after });
  }

  private async askWhy(
    manager: EntityManager,
    experiment: LaunchedExperiment,
    { variant, metric }: LearnedFacts,
    occasion: Occasion,
  ): Promise<void> {
    const followUp = followUpOfLuckyWin({
      experimentKey: experiment.key,
      variant,
      metricKey: metric.key,
      people: peopleToHear(experiment.plan.policy.profile),
      now: occasion.now,
    });
    await this.opener.open(manager, experiment, [followUp], occasion);
  }

  private async insightsOf(
    manager: EntityManager,
    { projectId, definition }: LaunchedExperiment,
  ): Promise<string[]> {
    const named = definition.rationale?.insightIds ?? [];
    return await this.evidence.claimsAmong(manager, projectId, named);
  }
}

/** Among the variants the better word counts: one that bears a claim out is not undone by another. */
function effectsIn(rows: readonly LearnedRow[]): Map<string, InsightEffect> {
  const effects = new Map<string, InsightEffect>();
  const rank: readonly InsightEffect[] = ['none', 'weakened', 'contested', 'supported'];
  for (const { insightId, effect } of rows.flatMap(({ insights }) => insights)) {
    const known = effects.get(insightId) ?? 'none';
    effects.set(insightId, rank.indexOf(effect) > rank.indexOf(known) ? effect : known);
  }
  return effects;
}

/** What people judged, as the decision kept it; the numbers are read anew. */
function saidLinks(learning: Learning | null): SaidLink[] {
  return (learning?.links ?? []).flatMap(({ from, to, verdict, by, saidInstead }): SaidLink[] => {
    const said = saidInstead ?? (by === 'people' ? verdict : undefined);
    return said === undefined ? [] : [{ from, to, verdict: said }];
  });
}

function isSame(one: PeopleAfterwards, other: PeopleAfterwards): boolean {
  return (
    one.heard === other.heard &&
    one.needed === other.needed &&
    one.described === other.described &&
    one.contradicted === other.contradicted
  );
}
