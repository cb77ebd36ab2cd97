import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Forbidden, Invalid, NotFound } from '../../domain/errors.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import {
  type AnswerRight,
  answerRight,
  needsAnswer,
} from '../../domain/verdict/guardrail-answer.js';
import {
  type GuardrailInVariant,
  type GuardrailOnPanel,
  type GuardrailPanel,
  guardrailPanel,
} from '../../domain/verdict/guardrail-panel.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { EvaluationsReader } from '../evaluations/evaluations.reader.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { type AnswerGuardrailDto, GuardrailDto, GuardrailListDto } from './dto/guardrail.dto.js';
import { GuardrailAnswersReader } from './guardrail-answers.reader.js';

/** After the end nothing is left to answer for. */
const ANSWERABLE: readonly ExperimentState[] = ['running', 'paused', 'maturing', 'decided'];

interface Loaded {
  panel: GuardrailPanel;
  evaluationId: string | null;
}

/** A guardrail in a variant that the latest evaluation has judged. */
type Judged = GuardrailInVariant & { judged: NonNullable<GuardrailInVariant['judged']> };

/** What must not get worse: whose it is, where it stands, and what its owner says to it. */
@Injectable()
export class GuardrailsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly evaluations: EvaluationsReader,
    private readonly answers: GuardrailAnswersReader,
  ) {}

  /** @throws NotFound; Conflict `not-launched` */
  async list(projectId: string, key: string): Promise<GuardrailListDto> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.experiments.launched(projectId, key, manager);
      const { panel, evaluationId } = await this.load(manager, experiment);
      const { guardrails, gaps } = panel;
      return {
        data: guardrails.map((one) => GuardrailDto.from(one)),
        gaps,
        ...(evaluationId === null ? {} : { evaluationId }),
      };
    });
  }

  /**
   * The owner answers for every variant in which the guardrail does not hold, or for one of them.
   * @throws NotFound; Forbidden `not-guardrail-owner`, `author-cannot-answer`; Invalid
   *   `validation-failed`; Conflict `not-launched`, `invalid-state-transition`,
   *   `guardrail-not-judged`, `guardrail-holds`
   */
  async answer(
    actor: Actor,
    key: string,
    metric: string,
    body: AnswerGuardrailDto,
  ): Promise<GuardrailDto> {
    return await this.transactions.run(async (manager) => {
      const entity = await this.lifecycle.lock(manager, actor.projectId, key);
      const experiment = await this.experiments.launched(actor.projectId, key, manager);
      requireAnswerable(experiment.status);
      const { panel, evaluationId } = await this.load(manager, experiment);
      const guardrail = guardrailOf(panel, metric);
      requireRight(
        answerRight({
          memberId: actor.memberId,
          author: entity.createdBy,
          owner: guardrail.owner.member?.id ?? null,
          departmentMembers: guardrail.owner.departmentMembers,
        }),
        guardrail,
      );
      if (body.answer.trim() === '') {
        throw new Invalid('validation-failed', 'An answer is written.', [
          { pointer: '/answer', code: 'missing' },
        ]);
      }
      const open = openVariants(guardrail, body.variant);
      const answer = {
        metric,
        ...body,
        evaluationId,
        byAuthor: actor.memberId === entity.createdBy,
        at: await this.clock.now(manager),
      };
      const ids = await this.insert(manager, actor, experiment.id, open, answer);
      await this.lifecycle.note(manager, entity, 'answer_guardrail', answer.at, actor.memberId, {
        metric,
        accepted: body.accepted,
        answers: open.map(({ variant, judged }, index) => ({
          id: ids[index],
          variant,
          state: judged.state,
        })),
      });
      const afterwards = await this.load(manager, experiment);
      return GuardrailDto.from(guardrailOf(afterwards.panel, metric));
    });
  }

  private async load(
    manager: EntityManager,
    { projectId, id, plan, definition }: LaunchedExperiment,
  ): Promise<Loaded> {
    const latest = await this.evaluations.latest(projectId, id, manager);
    const panel = guardrailPanel({
      plan,
      rationale: definition.rationale,
      verdict: latest?.result.verdict ?? null,
      answers: await this.answers.of(manager, projectId, id),
      owners: await this.answers.owners(manager, projectId, plan),
      now: await this.clock.now(manager),
    });
    return { panel, evaluationId: latest?.id ?? null };
  }

  private async insert(
    manager: EntityManager,
    actor: Actor,
    experimentId: string,
    open: readonly Judged[],
    answer: {
      metric: string;
      accepted: boolean;
      answer: string;
      evaluationId: string | null;
      byAuthor: boolean;
      at: Date;
    },
  ): Promise<string[]> {
    const ids: string[] = [];
    for (const { variant, judged } of open) {
      const id = newId();
      ids.push(id);
      await manager.query(
        `INSERT INTO guardrail_answer (project_id, id, experiment_id, evaluation_id, metric,
           variant, accepted, answer, state, sequential_harm, by_author, answered_by, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          actor.projectId,
          id,
          experimentId,
          answer.evaluationId,
          answer.metric,
          variant,
          answer.accepted,
          answer.answer,
          judged.state,
          judged.sequentialHarm,
          answer.byAuthor,
          actor.memberId,
          answer.at,
        ],
      );
    }
    return ids;
  }
}

function requireAnswerable(state: ExperimentState): void {
  if (ANSWERABLE.includes(state)) return;
  throw new Conflict('invalid-state-transition', 'It has ended: nothing rests on it any more.', {
    state,
  });
}

function guardrailOf({ guardrails }: GuardrailPanel, metric: string): GuardrailOnPanel {
  const found = guardrails.find((one) => one.metric.definition.key === metric);
  if (found === undefined) {
    throw new NotFound('not-found', 'The experiment has no such guardrail.');
  }
  return found;
}

function requireRight(right: AnswerRight, { owner, metric }: GuardrailOnPanel): void {
  const facts = { metric: metric.definition.key, department: owner.department };
  if (right === 'not-guardrail-owner') {
    throw new Forbidden(
      'not-guardrail-owner',
      owner.member === null
        ? 'Only a member of the department that owns it can answer for it.'
        : 'Only the member who owns it can answer for it.',
      facts,
    );
  }
  if (right === 'author-cannot-answer') {
    throw new Forbidden(
      'author-cannot-answer',
      'Whoever proposed the change cannot accept its damage for others: ask a colleague of the department.',
      facts,
    );
  }
}

/** The variants whose state is answered. */
function openVariants({ variants }: GuardrailOnPanel, variant: string | undefined): Judged[] {
  const asked = variants.filter((one) => variant === undefined || one.variant === variant);
  if (variant !== undefined && asked.length === 0) {
    throw new Invalid('validation-failed', 'The experiment compares no such variant.', [
      { pointer: '/variant', code: 'unknown-variant' },
    ]);
  }
  const judged = asked.filter((one): one is Judged => one.judged !== null);
  if (judged.length === 0) {
    throw new Conflict(
      'guardrail-not-judged',
      'Nothing has been evaluated yet that could be answered: evaluate first.',
    );
  }
  const open = judged.filter((one) => needsAnswer(one.judged));
  if (open.length === 0) {
    throw new Conflict('guardrail-holds', 'It is not worse than its margin: nothing to answer.');
  }
  return open;
}
