import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { Transactions } from '../database/transactions.js';
import { type DueWork, DueWorkRegistry } from '../scheduling/due-work.js';
import { deriveKey, seal, unseal } from '../security/sealing.js';

/** A request that its sender has named. */
export interface NamedRequest {
  projectId: string;
  memberId: string;
  key: string;
  digest: string;
}

export interface KeptAnswer {
  digest: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  /** null once a person's words were erased: it may have held them. */
  body: unknown;
  isErased: boolean;
}

const PRUNE_EVERY_MS = 3_600_000;

/** Answers by the names that senders gave their requests; kept for a day. Operations: real time. */
@Injectable()
export class IdempotentAnswers implements DueWork, OnModuleInit {
  readonly name = 'idempotent-answers';
  private prunedAt: number | null = null;
  private readonly sealingKey: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
  ) {
    this.sealingKey = deriveKey(config.masterKey, 'idempotent answers');
  }

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Takes the name for the length of the transaction; false when another request is at work on it. */
  async take(manager: EntityManager, request: NamedRequest): Promise<boolean> {
    const [row] = (await manager.query(
      `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken`,
      [`idempotency/${contextOf(request)}`],
    )) as { taken: boolean }[];
    return row?.taken === true;
  }

  async find(manager: EntityManager, request: NamedRequest): Promise<KeptAnswer | null> {
    const [row] = (await manager.query(
      `SELECT idempotent_answer.request_digest AS digest, idempotent_answer.status,
         idempotent_answer.headers, idempotent_answer.body_sealed AS sealed
       FROM idempotent_answer
       WHERE idempotent_answer.project_id = $1 AND idempotent_answer.member_id = $2
         AND idempotent_answer.key = $3`,
      [request.projectId, request.memberId, request.key],
    )) as {
      digest: string;
      status: number;
      headers: Record<string, string>;
      sealed: Buffer | null;
    }[];
    if (row === undefined) return null;
    const { sealed, ...kept } = row;
    if (sealed === null) return { ...kept, body: null, isErased: true };
    const text = unseal(this.sealingKey, sealed, contextOf(request)).toString('utf8');
    return { ...kept, body: JSON.parse(text) as unknown, isErased: false };
  }

  async keep(
    manager: EntityManager,
    request: NamedRequest,
    answer: Pick<KeptAnswer, 'status' | 'headers' | 'body'>,
  ): Promise<void> {
    const plain = Buffer.from(JSON.stringify(answer.body ?? null), 'utf8');
    await manager.query(
      `INSERT INTO idempotent_answer (project_id, member_id, key, request_digest, status, headers,
         body_sealed, answered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())`,
      [
        request.projectId,
        request.memberId,
        request.key,
        request.digest,
        answer.status,
        JSON.stringify(answer.headers),
        seal(this.sealingKey, plain, contextOf(request)),
      ],
    );
  }

  /** Forgets what was answered in a project, and that it was: who asks again is told so. */
  async forget(manager: EntityManager, projectId: string): Promise<void> {
    await manager.query(
      `UPDATE idempotent_answer SET body_sealed = NULL WHERE idempotent_answer.project_id = $1`,
      [projectId],
    );
  }

  async nextDue(): Promise<null> {
    return await Promise.resolve(null);
  }

  async runDue(): Promise<void> {
    if (this.prunedAt !== null && performance.now() - this.prunedAt < PRUNE_EVERY_MS) return;
    await this.prune();
    this.prunedAt = performance.now();
  }

  /** Forgets what is older than a day. */
  async prune(): Promise<void> {
    await this.transactions.manager.query(
      `DELETE FROM idempotent_answer
       WHERE idempotent_answer.answered_at < clock_timestamp() - interval '1 day'`,
    );
  }
}

function contextOf({ projectId, memberId, key }: NamedRequest): string {
  return `${projectId}/${memberId}/${key}`;
}
