import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { CONFIG } from '../config/config.token.js';
import type { Config } from '../config/config.js';
import { deriveKey, KEY_BYTES, seal, unseal } from './sealing.js';

/** The keys of the people in one project, opened for the length of one request. */
export interface KeyRing {
  /** Seals text with a person's key. `context` names the row, so the value cannot be moved. */
  seal(participantId: string, text: string, context: string): Buffer;
  /** The text, or null when the person's key was destroyed (erasure). */
  open(participantId: string, sealed: Buffer, context: string): string | null;
}

/**
 * One random key per participant, wrapped by a key derived from the master key. Destroying the
 * wrapped key makes everything sealed with it unreadable, in back-ups too.
 */
@Injectable()
export class ParticipantKeys {
  private readonly wrappingKey: Buffer;

  constructor(@Inject(CONFIG) config: Config) {
    this.wrappingKey = deriveKey(config.masterKey, 'participant-keys');
  }

  /** Makes the key of a new participant, in the transaction that creates the person. */
  async create(manager: EntityManager, projectId: string, participantId: string): Promise<void> {
    const wrapped = seal(this.wrappingKey, randomBytes(KEY_BYTES), `${projectId}/${participantId}`);
    await manager.query(
      'INSERT INTO participant_key (project_id, participant_id, wrapped) VALUES ($1, $2, $3)',
      [projectId, participantId, wrapped],
    );
  }

  /** Destroys a person's key. What it sealed stays on disk and can never be read again. */
  async destroy(
    manager: EntityManager,
    projectId: string,
    participantId: string,
    at: Date,
  ): Promise<void> {
    await manager.query(
      `UPDATE participant_key SET wrapped = NULL, destroyed_at = $3
       WHERE project_id = $1 AND participant_id = $2 AND destroyed_at IS NULL`,
      [projectId, participantId, at],
    );
  }

  /** Opens the keys of these people. Sealing for somebody whose key is destroyed throws. */
  async ring(
    manager: EntityManager,
    projectId: string,
    participantIds: readonly string[],
  ): Promise<KeyRing> {
    const rows = (await manager.query(
      `SELECT participant_key.participant_id, participant_key.wrapped FROM participant_key
       WHERE participant_key.project_id = $1 AND participant_key.participant_id = ANY($2)`,
      [projectId, [...new Set(participantIds)]],
    )) as { participant_id: string; wrapped: Buffer | null }[];
    const keys = new Map<string, Buffer>();
    for (const { participant_id: id, wrapped } of rows) {
      if (wrapped !== null) keys.set(id, unseal(this.wrappingKey, wrapped, `${projectId}/${id}`));
    }
    return {
      seal: (id, text, context) => {
        const key = keys.get(id);
        if (key === undefined) throw new Error('this person has no key any more');
        return seal(key, Buffer.from(text, 'utf8'), context);
      },
      open: (id, sealed, context) => {
        const key = keys.get(id);
        return key === undefined ? null : unseal(key, sealed, context).toString('utf8');
      },
    };
  }
}
