import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { evaluateCreateGate } from '../../domain/evidence/create-gate.js';
import type { Dossier } from '../../domain/evidence/dossier.js';
import type { CreateGateInput } from '../../domain/evidence/gate-case.js';
import type { GateCounts } from '../../domain/evidence/gate-report.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import {
  evidenceGap,
  type EvidenceGap,
  type GapAnswer,
  recountOf,
  standInsOf,
  withoutReplaced,
  withStandIns,
} from '../../domain/experiments/evidence-gap.js';
import { PoliciesReader } from '../policies/policies.reader.js';
import { EvidenceGapQueries, type StandingSubject } from './evidence-gap.queries.js';
import { GatesService } from './gates.service.js';

/** How the evidence of an experiment stands today. */
export interface EvidenceStanding extends EvidenceGap {
  /** Somebody whose words are cited asked to be forgotten; the words are gone. */
  erased: boolean;
  counts: GateCounts;
  /** What the gate read for this answer, so that a page need not load it again. */
  dossier: Dossier;
  /** Unmet today and met at launch: words taken back, or people who turned out to be one. */
  belowPolicy: readonly string[];
}

@Injectable()
export class EvidenceStandingReader {
  constructor(
    private readonly gates: GatesService,
    private readonly policies: PoliciesReader,
    private readonly gaps: EvidenceGapQueries,
  ) {}

  /** Asks the create gate again for a stored experiment, in the caller's transaction. */
  async standing(
    manager: EntityManager,
    projectId: string,
    definition: ExperimentDefinition,
    now: Date,
  ): Promise<EvidenceStanding> {
    const subject = await this.gaps.subject(manager, projectId, definition.key);
    const answers = await this.gaps.answers(manager, projectId, subject.id);
    const input = await this.gates.createInput(manager, {
      projectId,
      definition,
      author: subject.author,
      experimentId: subject.id,
      now,
    });
    const today = evaluateCreateGate(input);
    const replaced = await this.withAnswers(manager, projectId, subject, input, answers);
    const afterwards = replaced === null ? null : evaluateCreateGate(replaced);
    return {
      ...evidenceGap({
        today,
        replaced: afterwards,
        answers,
        latestWithdrawalAt: await this.gaps.latestWithdrawal(
          manager,
          projectId,
          input.dossier,
          now,
        ),
      }),
      erased: hasErased(input.dossier),
      counts: (afterwards ?? today).counts,
      dossier: input.dossier,
      belowPolicy: await this.recount(manager, projectId, subject, replaced ?? input),
    };
  }

  /** The same question with other quotes in place of those taken back; null without any. */
  private async withAnswers(
    manager: EntityManager,
    projectId: string,
    subject: StandingSubject,
    input: CreateGateInput,
    answers: readonly GapAnswer[],
  ): Promise<CreateGateInput | null> {
    const standIns = standInsOf(answers);
    if (standIns.size === 0) return null;
    const definition = {
      ...(input.definition as ExperimentDefinition),
      rationale: withStandIns(input.definition.rationale ?? {}, standIns),
    };
    const { author, now } = input;
    const question = { projectId, definition, author, experimentId: subject.id, now };
    const again = await this.gates.createInput(manager, question);
    return { ...again, dossier: withoutReplaced(again.dossier, standIns) };
  }

  /** Judged as of the launch, by its rules: what has grown old since is no withdrawal. */
  private async recount(
    manager: EntityManager,
    projectId: string,
    subject: StandingSubject,
    input: CreateGateInput,
  ): Promise<string[]> {
    const { launchedAt } = subject;
    const atLaunch = await this.gaps.launchReport(manager, projectId, subject.id);
    if (launchedAt === null || atLaunch === null) return [];
    const recounted = evaluateCreateGate({
      ...input,
      dossier: asOf(input.dossier, launchedAt, input.now),
      policies: await this.policies.inForce(projectId, launchedAt, manager),
      // Whatever was written later is no copy that could have been seen then.
      others: [],
      now: launchedAt,
    });
    return recountOf(atLaunch, recounted);
  }
}

/** Quotes outlive their words and name whose they were. */
function hasErased({ quotes, participants }: Dossier): boolean {
  const erased = new Set(participants.filter((one) => one.erased).map(({ id }) => id));
  return quotes.some(({ participantId }) => erased.has(participantId));
}

/** Who allows what today counts, whenever they said so; all else is judged as of then. */
function asOf(dossier: Dossier, at: Date, now: Date): Dossier {
  return {
    ...dossier,
    // How tests ended since is no withdrawal either.
    insights: dossier.insights.map((insight) => ({
      ...insight,
      track: (insight.track ?? []).filter((ended) => ended.at <= at),
    })),
    participants: dossier.participants.map((person) => ({
      ...person,
      consents: person.consents
        .filter(({ withdrawnAt, retainUntil }) => withdrawnAt === null && !isOver(retainUntil, now))
        .map((consent) => ({
          ...consent,
          givenAt: consent.givenAt > at ? at : consent.givenAt,
          retainUntil: null,
        })),
    })),
  };
}

function isOver(retainUntil: Date | null, now: Date): boolean {
  return retainUntil !== null && retainUntil <= now;
}
