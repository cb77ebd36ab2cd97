import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { GuardrailAnswer } from '../../domain/verdict/guardrail-answer.js';

/** All that other features may know of what owners of guardrails answered. */
@Injectable()
export class GuardrailAnswersReader {
  /** Every answer, oldest first; the last one for a guardrail and a variant holds. */
  async of(
    _manager: EntityManager,
    _projectId: string,
    _experimentId: string,
  ): Promise<GuardrailAnswer[]> {
    return [];
  }
}
