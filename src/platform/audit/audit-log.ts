import { Inject, Injectable } from '@nestjs/common';
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EntityManager } from 'typeorm';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { Clock } from '../clock/clock.js';
import { Transactions } from '../database/transactions.js';
import { Logger } from '../logging/logger.js';
import type { Actor } from '../security/principal.js';
import { deriveKey } from '../security/sealing.js';
import {
  type AuditEntry,
  chainHash,
  checkpointSignature,
  sameHash,
  stateHash,
} from './audit-chain.js';

/** What happened, as a feature tells it; states are hashed here and never stored. */
export interface AuditFact {
  projectId: string | null;
  /** Key or member id, or `system`. */
  actor: string;
  /** verb.object, e.g. `experiment.launch`. */
  action: string;
  objectType: string;
  objectId: string;
  outcome?: AuditEntry['outcome'];
  reason?: string;
  before?: unknown;
  after?: unknown;
}

export interface ChainVerification {
  entries: number;
  intact: boolean;
  /** The first entry that is not as it was written. */
  firstBadSeq?: number;
  problem?: 'changed' | 'missing' | 'truncated' | 'forged-checkpoint';
}

const PAGE = 5_000;

/** Entries in the same transaction as the change they record, each chained to the one before. */
@Injectable()
export class AuditLog {
  private readonly chainKey: Buffer;
  private readonly stateKey: Buffer;
  private readonly checkpointFile: string;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    this.chainKey = deriveKey(config.masterKey, 'audit-chain');
    this.stateKey = deriveKey(config.masterKey, 'audit-state');
    this.checkpointFile = resolve(config.dataDir, 'audit-checkpoints.jsonl');
  }

  /** Appends what a member did in their project. Call it last in a transaction, as `append`. */
  async record(
    manager: EntityManager,
    actor: Actor,
    fact: Omit<AuditFact, 'projectId' | 'actor'>,
  ): Promise<void> {
    await this.append(manager, { projectId: actor.projectId, actor: actor.memberId, ...fact });
  }

  /** Appends one entry. Call it last in a transaction: it takes the lock that orders the chain. */
  async append(manager: EntityManager, fact: AuditFact): Promise<void> {
    const head = (await manager.query(
      'SELECT audit_head.seq, audit_head.hash, becausal_now() AS now FROM audit_head FOR UPDATE',
    )) as { seq: string; hash: string; now: Date }[];
    const last = head[0];
    if (last === undefined) throw new Error('the head of the audit chain is missing');
    const entry: AuditEntry = {
      seq: Number(last.seq) + 1,
      at: last.now.toISOString(),
      projectId: fact.projectId,
      actor: fact.actor,
      action: fact.action,
      objectType: fact.objectType,
      objectId: fact.objectId,
      outcome: fact.outcome ?? 'done',
      reason: fact.reason ?? null,
      beforeHash: fact.before === undefined ? null : stateHash(this.stateKey, fact.before),
      afterHash: fact.after === undefined ? null : stateHash(this.stateKey, fact.after),
    };
    const hash = chainHash(this.chainKey, last.hash, entry);
    await manager.query(
      `INSERT INTO audit_entry (seq, at, project_id, actor, action, object_type, object_id, outcome,
         reason, before_hash, after_hash, prev_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        entry.seq,
        last.now,
        entry.projectId,
        entry.actor,
        entry.action,
        entry.objectType,
        entry.objectId,
        entry.outcome,
        entry.reason,
        entry.beforeHash,
        entry.afterHash,
        last.hash,
        hash,
      ],
    );
    await manager.query('UPDATE audit_head SET seq = $1, hash = $2', [entry.seq, hash]);
  }

  /**
   * Signs the end of the chain when it has grown since the last checkpoint: into the table, into a
   * file beside the data and into the log, three places that are hard to change together.
   */
  async checkpoint(): Promise<void> {
    await this.transactions.run(async (manager) => {
      const rows = (await manager.query(
        `SELECT audit_head.seq, audit_head.hash,
           (SELECT count(*) FROM audit_entry) AS entry_count,
           COALESCE((SELECT max(audit_checkpoint.seq) FROM audit_checkpoint), 0) AS checked
         FROM audit_head FOR UPDATE`,
      )) as { seq: string; hash: string; entry_count: string; checked: string }[];
      const head = rows[0];
      if (head === undefined || Number(head.seq) <= Number(head.checked)) return;
      const at = (await this.clock.now(manager)).toISOString();
      const point = {
        seq: Number(head.seq),
        count: Number(head.entry_count),
        headHash: head.hash,
        at,
      };
      const signature = checkpointSignature(this.chainKey, point);
      await manager.query(
        `INSERT INTO audit_checkpoint (seq, entry_count, head_hash, at, signature)
         VALUES ($1, $2, $3, $4, $5)`,
        [point.seq, point.count, point.headHash, at, signature],
      );
      appendFileSync(this.checkpointFile, `${JSON.stringify({ ...point, signature })}\n`, {
        mode: 0o600,
      });
      this.logger.fact('audit checkpoint', { ...point, signature });
    });
  }

  /** Walks the whole chain and the checkpoints, and names the first entry that is not as written. */
  async verify(): Promise<ChainVerification> {
    return await this.transactions.run(async (manager) => {
      let prevHash = '';
      let seq = 0;
      for (;;) {
        const rows = (await manager.query(
          `SELECT audit_entry.* FROM audit_entry WHERE audit_entry.seq > $1
           ORDER BY audit_entry.seq LIMIT ${PAGE}`,
          [seq],
        )) as AuditRow[];
        for (const row of rows) {
          if (Number(row.seq) !== seq + 1) return broken(seq, seq + 1, 'missing');
          const expected = chainHash(this.chainKey, prevHash, entryOf(row));
          if (row.prev_hash !== prevHash || !sameHash(expected, row.hash)) {
            return broken(seq, Number(row.seq), 'changed');
          }
          prevHash = row.hash;
          seq += 1;
        }
        if (rows.length < PAGE) break;
      }
      return await this.verifyEnd(manager, seq, prevHash);
    }, 'REPEATABLE READ');
  }

  private async verifyEnd(
    manager: EntityManager,
    seq: number,
    hash: string,
  ): Promise<ChainVerification> {
    const points = (await manager.query(
      `SELECT audit_checkpoint.*, audit_entry.hash AS entry_hash FROM audit_checkpoint
       LEFT JOIN audit_entry ON audit_entry.seq = audit_checkpoint.seq ORDER BY 1`,
    )) as {
      seq: string;
      entry_count: string;
      head_hash: string;
      at: Date;
      signature: string;
      entry_hash: string | null;
    }[];
    for (const point of points) {
      const signed = checkpointSignature(this.chainKey, {
        seq: Number(point.seq),
        count: Number(point.entry_count),
        headHash: point.head_hash,
        at: point.at.toISOString(),
      });
      const at = Number(point.seq);
      if (!sameHash(signed, point.signature)) return broken(seq, at, 'forged-checkpoint');
      if (point.entry_hash === null) return broken(seq, seq + 1, 'truncated');
      if (point.entry_hash !== point.head_hash) return broken(seq, at, 'changed');
    }
    const head = (await manager.query(
      'SELECT audit_head.seq, audit_head.hash FROM audit_head',
    )) as {
      seq: string;
      hash: string;
    }[];
    if (Number(head[0]?.seq) !== seq || head[0]?.hash !== hash) {
      return broken(seq, seq + 1, 'truncated');
    }
    return { entries: seq, intact: true };
  }
}

interface AuditRow {
  seq: string;
  at: Date;
  project_id: string | null;
  actor: string;
  action: string;
  object_type: string;
  object_id: string;
  outcome: AuditEntry['outcome'];
  reason: string | null;
  before_hash: string | null;
  after_hash: string | null;
  prev_hash: string;
  hash: string;
}

function entryOf(row: AuditRow): AuditEntry {
  return {
    seq: Number(row.seq),
    at: row.at.toISOString(),
    projectId: row.project_id,
    actor: row.actor,
    action: row.action,
    objectType: row.object_type,
    objectId: row.object_id,
    outcome: row.outcome,
    reason: row.reason,
    beforeHash: row.before_hash,
    afterHash: row.after_hash,
  };
}

function broken(
  entries: number,
  firstBadSeq: number,
  problem: NonNullable<ChainVerification['problem']>,
): ChainVerification {
  return { entries, intact: false, firstBadSeq, problem };
}
