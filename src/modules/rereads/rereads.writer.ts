import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DecisionAction } from '../../domain/experiments/decision.js';

/** A decision whose money will be read again. */
export interface DecidedForReread {
  projectId: string;
  experimentId: string;
  decisionId: string;
  action: DecisionAction;
  decidedAt: Date;
  /** Of a provisional ship. */
  rereadAt: Date | null;
}

/** How a decision plans its re-reads, in its own transaction. */
@Injectable()
export class RereadsWriter {
  /** Plans the re-reads of a decision, and cancels those of the one before it that are still due. */
  async plan(_manager: EntityManager, _decided: DecidedForReread): Promise<void> {}
}
