import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { keyIdOf, matches } from './key-secret.js';
import type { Principal } from './principal.js';
import type { KeyKind } from './scopes.js';

/** A revoked key dies within this time on every replica; until then a found key is not read again. */
const REMEMBER_MS = 2_000;
const REMEMBERED_MAX = 10_000;

interface Remembered {
  principal: Principal;
  digest: Buffer;
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

/** From a presented secret to who is calling. */
@Injectable()
export class KeyStore {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly transactions: Transactions) {}

  /** The caller, or null for a secret that is unknown, wrong or revoked: all three look the same. */
  async find(secret: string): Promise<Principal | null> {
    const id = keyIdOf(secret);
    if (id === null) {
      matches(secret, null);
      return null;
    }
    const known = this.remembered.get(id);
    if (known !== undefined && known.until > performance.now()) {
      return matches(secret, known.digest) ? known.principal : null;
    }
    const row = await this.read(id);
    if (row === null || !matches(secret, row.digest)) {
      if (row === null) matches(secret, null);
      this.remembered.delete(id);
      return null;
    }
    const principal: Principal = {
      projectId: row.project_id,
      keyId: row.id,
      kind: row.kind,
      scopes: row.scopes,
      memberId: row.member_id,
    };
    this.remember(id, { principal, digest: row.digest, until: performance.now() + REMEMBER_MS });
    return principal;
  }

  private async read(id: string): Promise<KeyRow | null> {
    const rows = (await this.transactions.manager.query(
      `SELECT api_key.project_id, api_key.id, api_key.kind, api_key.digest, api_key.scopes,
         api_key.member_id
       FROM api_key WHERE api_key.id = $1 AND api_key.revoked_at IS NULL`,
      [id],
    )) as KeyRow[];
    return rows[0] ?? null;
  }

  private remember(id: string, entry: Remembered): void {
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(id, entry);
  }
}
