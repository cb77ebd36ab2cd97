import { Injectable, type OnModuleInit } from '@nestjs/common';
import { answeredWithin } from '../database/database-away.js';
import type { Queries } from '../database/queries.js';
import { Transactions } from '../database/transactions.js';
import { ConfigChanges } from '../live/config-changes.js';
import { keyIdOf, matches } from './key-secret.js';
import type { Principal } from './principal.js';
import { ASSIGNMENT_SCOPES, type KeyKind } from './scopes.js';

/** A revoked key dies within this time on every replica; until then a found key is not read again. */
const REMEMBER_MS = 2_000;
const REMEMBERED_MAX = 10_000;
/** Longer than waiting for a connection of the pool may take. */
const LOOK_UP_MS = 3_000;

interface Known {
  principal: Principal;
  digest: Buffer;
}

interface Remembered extends Known {
  until: number;
}

interface KeyRow {
  project_id: string;
  id: string;
  kind: KeyKind;
  digest: Buffer;
  scopes: string[];
  member_id: string | null;
}

/** A key as the snapshot on disk has it; of the secret there is only the digest, in base64. */
interface KeptKey {
  principal: Principal;
  digest: string;
}

/** From a presented secret to who is calling. */
@Injectable()
export class KeyStore implements OnModuleInit {
  /** Keys that can only assign and expose: they are let in without the database, see ConfigChanges. */
  private held: ReadonlyMap<string, Known> = new Map();
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ConfigChanges,
  ) {}

  onModuleInit(): void {
    this.changes.serve<KeptKey[]>({
      name: 'keys',
      read: readHeld,
      apply: (keys) => {
        this.held = new Map(
          keys.map(({ principal, digest }) => [
            principal.keyId,
            { principal, digest: Buffer.from(digest, 'base64') },
          ]),
        );
        // One of them may have been revoked.
        this.remembered.clear();
      },
    });
  }

  /**
   * The caller, or null for a secret that is unknown, wrong or revoked: all three look the same.
   * @throws Error of the database, if it cannot be asked and the key is not one of those in memory
   */
  async find(secret: string): Promise<Principal | null> {
    const id = keyIdOf(secret);
    if (id === null) {
      matches(secret, null);
      return null;
    }
    const known = this.inMemory(id);
    if (known !== null) return matches(secret, known.digest) ? known.principal : null;
    const row = await this.read(id);
    if (row === null || !matches(secret, row.digest)) {
      if (row === null) matches(secret, null);
      this.remembered.delete(id);
      return null;
    }
    const found = { principal: principalOf(row), digest: row.digest };
    this.remember(id, { ...found, until: performance.now() + REMEMBER_MS });
    return found.principal;
  }

  /** As `find`, without asking the database: null means no more than that this is not enough. */
  findInMemory(secret: string): Principal | null {
    const id = keyIdOf(secret);
    const known = id === null ? null : this.inMemory(id);
    return known !== null && matches(secret, known.digest) ? known.principal : null;
  }

  /** Whether the key can only assign and expose, and has not been revoked, as far as is known. */
  holds(keyId: string): boolean {
    return this.changes.isTrusted && this.held.has(keyId);
  }

  private inMemory(id: string): Known | null {
    const held = this.held.get(id);
    if (held !== undefined && this.changes.isTrusted) return held;
    const remembered = this.remembered.get(id);
    return remembered !== undefined && remembered.until > performance.now() ? remembered : null;
  }

  private async read(id: string): Promise<KeyRow | null> {
    const rows = await answeredWithin(
      LOOK_UP_MS,
      this.transactions.manager.query<KeyRow[]>(
        `${SELECT} WHERE api_key.id = $1 AND api_key.revoked_at IS NULL`,
        [id],
      ),
    );
    return rows[0] ?? null;
  }

  private remember(id: string, entry: Remembered): void {
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(id, entry);
  }
}

const SELECT = `
  SELECT api_key.project_id, api_key.id, api_key.kind, api_key.digest, api_key.scopes,
    api_key.member_id
  FROM api_key`;

async function readHeld(queries: Queries): Promise<KeptKey[]> {
  const rows = await queries.query<KeyRow[]>(
    `${SELECT} WHERE api_key.revoked_at IS NULL AND api_key.scopes <@ $1 ORDER BY api_key.id`,
    [ASSIGNMENT_SCOPES],
  );
  return rows.map((row) => ({
    principal: principalOf(row),
    digest: row.digest.toString('base64'),
  }));
}

function principalOf(row: KeyRow): Principal {
  return {
    projectId: row.project_id,
    keyId: row.id,
    kind: row.kind,
    scopes: row.scopes,
    memberId: row.member_id,
  };
}
