import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../../platform/security/principal.js';
import { LearningWriter } from '../learning/learning.writer.js';
import { RereadsWriter } from '../rereads/rereads.writer.js';
import type { DecideCase } from './decide-inputs.js';
import type { DecisionDto } from './dto/decision.dto.js';

/** What a decision sets going: the claim learns from it, and its money is read again. */
@Injectable()
export class DecisionFollowUp {
  constructor(
    private readonly learning: LearningWriter,
    private readonly rereads: RereadsWriter,
  ) {}

  /** In the transaction of the decision. */
  async of(
    manager: EntityManager,
    actor: Actor,
    decision: DecisionDto,
    { experiment, input, latest }: DecideCase,
  ): Promise<void> {
    await this.learning.decided(manager, {
      experiment,
      decisionId: decision.id,
      variant: input.variant,
      result: latest?.result ?? null,
      learning: input.learning,
      memberId: actor.memberId,
      now: input.now,
    });
    await this.rereads.plan(manager, {
      projectId: actor.projectId,
      experimentId: experiment.id,
      decisionId: decision.id,
      action: decision.action,
      decidedAt: input.now,
      rereadAt: input.rereadAt,
    });
  }
}
