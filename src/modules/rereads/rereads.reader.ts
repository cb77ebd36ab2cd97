import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Reread } from '../../domain/rereads/reread.js';

/** All that other features may know of re-reads. */
@Injectable()
export class RereadsReader {
  /** Those of an experiment, by due date; `result` is left out. */
  async of(_manager: EntityManager, _projectId: string, _experimentId: string): Promise<Reread[]> {
    return [];
  }
}
