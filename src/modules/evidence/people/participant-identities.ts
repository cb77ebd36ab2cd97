import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { type Identity, identityTokens } from '../../../domain/evidence/people/identity.js';
import type { Config } from '../../../platform/config/config.js';
import { CONFIG } from '../../../platform/config/config.token.js';
import { ParticipantKeys } from '../../../platform/security/participant-keys.js';
import { deriveKey } from '../../../platform/security/sealing.js';
import { ParticipantPairs } from './participant-pairs.js';

interface Owner {
  projectId: string;
  id: string;
}

/** The key under which people of one project are compared; no other project can compare with it. */
export function likenessKey(config: Config, projectId: string): Buffer {
  return deriveKey(config.masterKey, `participant-likeness/${projectId}`);
}

/** The vault: who people really are, sealed, and keyed digests that tell equal people and nothing else. */
@Injectable()
export class ParticipantIdentities {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keys: ParticipantKeys,
    private readonly pairs: ParticipantPairs,
  ) {}

  /** Seals the identity of a new person, and notes everybody else who has the same address or number. */
  async keep(manager: EntityManager, person: Owner, identity: Identity): Promise<Buffer> {
    const { projectId, id } = person;
    const ring = await this.keys.ring(manager, projectId, [id]);
    const sealed = ring.seal(id, JSON.stringify(identity), identityContext(person));
    await manager.query(
      'UPDATE participant SET identity_sealed = $3 WHERE project_id = $1 AND id = $2',
      [projectId, id, sealed],
    );
    const digests = this.digests(projectId, identity);
    for (const digest of digests) {
      // Whoever adds the same person at the same moment waits here, and then sees this one.
      await manager.query('SELECT pg_advisory_xact_lock($1)', [digest.readBigInt64BE().toString()]);
    }
    const equal = (await manager.query(
      `SELECT DISTINCT participant_digest.participant_id AS id FROM participant_digest
       WHERE participant_digest.project_id = $1 AND participant_digest.digest = ANY($2)`,
      [projectId, digests],
    )) as { id: string }[];
    await manager.query(
      `INSERT INTO participant_digest (project_id, digest, participant_id)
       SELECT $1, given.digest, $3 FROM unnest($2::bytea[]) AS given (digest)`,
      [projectId, digests, id],
    );
    await this.pairs.suspect(
      manager,
      projectId,
      equal.map((other) => ({ one: other.id, other: id, foundBy: 'identity', likeness: null })),
    );
    return sealed;
  }

  /** Who somebody is; null when nobody wrote it down or it was erased. */
  async open(
    manager: EntityManager,
    person: Owner & { identitySealed: Buffer | null },
  ): Promise<Identity | null> {
    if (person.identitySealed === null) return null;
    const ring = await this.keys.ring(manager, person.projectId, [person.id]);
    const opened = ring.open(person.id, person.identitySealed, identityContext(person));
    return opened === null ? null : (JSON.parse(opened) as Identity);
  }

  /** In one order for everybody, because each is a lock. */
  private digests(projectId: string, identity: Identity): Buffer[] {
    const key = likenessKey(this.config, projectId);
    return identityTokens(identity)
      .map((token) => createHmac('sha256', key).update(token).digest())
      .sort((one, other) => one.compare(other));
  }
}

/** What the sealed identity of a person is bound to. */
export function identityContext({ projectId, id }: Owner): string {
  return `${projectId}/participant/${id}/identity`;
}
