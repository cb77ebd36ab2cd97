import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OverrideRequestState } from '../../domain/verdict/decide-case.js';
import { type OverrideRequest, stateOfRequest } from '../../domain/verdict/override-request.js';

export type StoredOverrideRequest = OverrideRequest & { state: OverrideRequestState };

/** What members asked others to decide against the gate. */
@Injectable()
export class OverrideRequestsQueries {
  /** Of an experiment, oldest first. */
  async of(
    manager: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<StoredOverrideRequest[]> {
    const requests = (await manager.query(
      `SELECT override_request.id, override_request.action, override_request.variant,
         override_request.reason, override_request.requested_by AS "requestedBy",
         override_request.requested_at AS "requestedAt"
       FROM override_request
       WHERE override_request.project_id = $1 AND override_request.experiment_id = $2
       ORDER BY override_request.requested_at, override_request.id`,
      [projectId, experimentId],
    )) as OverrideRequest[];
    if (requests.length === 0) return [];
    const decisions = (await manager.query(
      `SELECT decision.override_request_id AS "requestId", decision.decided_at AS "decidedAt"
       FROM decision WHERE decision.project_id = $1 AND decision.experiment_id = $2`,
      [projectId, experimentId],
    )) as { requestId: string | null; decidedAt: Date }[];
    return requests.map((request) => ({ ...request, state: stateOfRequest(request, decisions) }));
  }
}
