import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Learned } from '../../domain/verdict/learning/outcome.js';

/** All that other features may know of what was learned. */
@Injectable()
export class LearningReader {
  /** By variant; empty before a decision. */
  async of(_manager: EntityManager, _projectId: string, _experimentId: string): Promise<Learned[]> {
    return [];
  }
}
