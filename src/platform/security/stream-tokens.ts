import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.token.js';
import { deriveKey } from './sealing.js';
import { readStreamToken, signStreamToken, type StreamGrant } from './stream-token.js';

const MINUTE_MS = 60_000;
const LIFE_MINUTES = 60;
const LIFE_MS = LIFE_MINUTES * MINUTE_MS;
const REMEMBERED_MAX = 10_000;

/**
 * Tokens for streams, good for one to two hours. For an hour one listener is given the same token:
 * clients compare the addresses of streams and would connect anew for every new one (E25). Expiry is
 * spread over the hour, or all listeners of a site would come back in the same second.
 */
@Injectable()
export class StreamTokens {
  private readonly key: Buffer;
  private readonly signed = new Map<string, string>();

  constructor(@Inject(CONFIG) { masterKey }: Pick<Config, 'masterKey'>) {
    this.key = deriveKey(masterKey, 'stream');
  }

  /**
   * @param place Of this listener in the hour: from 0, and less than 1.
   * @param now Milliseconds since 1970.
   */
  tokenFor(
    { projectId, keyId }: Omit<StreamGrant, 'until'>,
    place: number,
    now = Date.now(),
  ): string {
    const offset = Math.floor(place * LIFE_MINUTES) * MINUTE_MS;
    const until = offset + LIFE_MS * (Math.floor((now - offset) / LIFE_MS) + 2);
    const name = `${keyId} ${until}`;
    const known = this.signed.get(name);
    if (known !== undefined) return known;
    const token = signStreamToken(this.key, { projectId, keyId, until });
    if (this.signed.size >= REMEMBERED_MAX) this.signed.clear();
    this.signed.set(name, token);
    return token;
  }

  /** What a token grants, or null, see `readStreamToken`. */
  grantOf(token: string, now = Date.now()): StreamGrant | null {
    return readStreamToken(this.key, token, now);
  }
}
