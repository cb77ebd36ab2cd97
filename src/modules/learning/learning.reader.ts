import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Learned } from '../../domain/verdict/learning/outcome.js';
import { learnedFrom, LearnedRows } from './learned-rows.js';

/** All that other features may know of what was learned. */
@Injectable()
export class LearningReader {
  constructor(private readonly rows: LearnedRows) {}

  /** By variant, as the last reading left it; empty before a decision, and for an A/A test. */
  async of(manager: EntityManager, projectId: string, experimentId: string): Promise<Learned[]> {
    return (await this.rows.newest(manager, { projectId, experimentId })).map(learnedFrom);
  }
}
