import { Injectable } from '@nestjs/common';
import { Conflict, Invalid } from '../../domain/errors.js';
import { TRANSITIONS } from '../../domain/experiments/lifecycle.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { type AskOverrideDto, OverrideRequestDto } from './dto/override-request.dto.js';
import { OverrideRequestsQueries } from './override-requests.queries.js';

/** The first half of a decision against the gate that takes two. */
@Injectable()
export class OverrideRequestsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly queries: OverrideRequestsQueries,
  ) {}

  /**
   * Asks another member for a decision; nothing changes by it.
   * @throws Conflict `not-launched`, `invalid-state-transition`; Invalid `validation-failed`
   */
  async ask(actor: Actor, key: string, body: AskOverrideDto): Promise<OverrideRequestDto> {
    return await this.transactions.run(async (manager) => {
      const entity = await this.lifecycle.lock(manager, actor.projectId, key);
      const experiment = await this.experiments.launched(actor.projectId, key, manager);
      if (TRANSITIONS[experiment.status].decide === null) {
        throw new Conflict('invalid-state-transition', 'It has ended: nothing can be decided.', {
          state: experiment.status,
        });
      }
      requireSaid(body, experiment.plan.variants);
      const request = {
        id: newId(),
        action: body.action,
        variant: body.variant ?? null,
        reason: body.reason,
        requestedBy: actor.memberId,
        requestedAt: await this.clock.now(manager),
      };
      await manager.query(
        `INSERT INTO override_request (project_id, id, experiment_id, action, variant, reason,
           requested_by, requested_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          actor.projectId,
          request.id,
          experiment.id,
          request.action,
          request.variant,
          request.reason,
          request.requestedBy,
          request.requestedAt,
        ],
      );
      const { requestedAt, requestedBy } = request;
      await this.lifecycle.note(manager, entity, 'request_override', requestedAt, requestedBy, {
        overrideRequestId: request.id,
        action: request.action,
        variant: request.variant,
      });
      return OverrideRequestDto.from({ ...request, state: 'open' }, key);
    });
  }

  /** What was asked for, oldest first. */
  async list(projectId: string, key: string): Promise<OverrideRequestDto[]> {
    const { manager } = this.transactions;
    const { id } = await this.experiments.byKey(projectId, key, manager);
    const requests = await this.queries.of(manager, projectId, id);
    return requests.map((request) => OverrideRequestDto.from(request, key));
  }
}

function requireSaid(
  { reason, variant }: AskOverrideDto,
  variants: readonly { key: string }[],
): void {
  const errors = [
    ...(reason.trim() === '' ? [{ pointer: '/reason', code: 'missing' }] : []),
    ...(variant === undefined || variants.some(({ key }) => key === variant)
      ? []
      : [{ pointer: '/variant', code: 'unknown-variant' }]),
  ];
  if (errors.length > 0) {
    throw new Invalid('validation-failed', 'The request does not say what is asked for.', errors);
  }
}
