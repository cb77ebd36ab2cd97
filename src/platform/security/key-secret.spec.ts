import { createKeySecret, digestOf, keyIdOf, matches } from './key-secret.js';
import { KEY_KINDS } from './scopes.js';

describe('keys', () => {
  it.each(KEY_KINDS)('a made %s key is found by its public part', (kind) => {
    const { id, secret } = createKeySecret(kind);
    expect(keyIdOf(secret)).toBe(id);
    expect(secret.startsWith(`${id}_`)).toBe(true);
  });

  it('a chosen key is found by the beginning of its digest', () => {
    const chosen = 'sk_chosen-by-an-operator-1';
    expect(keyIdOf(chosen)).toBe(`sk_${digestOf(chosen).toString('hex').slice(0, 16)}`);
    expect(keyIdOf(`${chosen}x`)).not.toBe(keyIdOf(chosen));
  });

  it.each([
    '',
    'sk_',
    'sk_short',
    'pk_chosen-by-an-operator-1',
    `sk_${'a'.repeat(191)}`,
    'sk_ä'.repeat(9),
  ])('B20: %j is no key', (secret) => {
    expect(keyIdOf(secret)).toBeNull();
  });

  it('matches the whole secret and nothing else', () => {
    const { secret } = createKeySecret('secret');
    const digest = digestOf(secret);
    expect(matches(secret, digest)).toBe(true);
    expect(matches(`${secret}x`, digest)).toBe(false);
    expect(matches(secret, null)).toBe(false);
    expect(matches(secret, Buffer.alloc(32))).toBe(false);
  });
});
