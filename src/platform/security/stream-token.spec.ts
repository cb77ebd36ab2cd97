import { deriveKey } from './sealing.js';
import { readStreamToken, signStreamToken, type StreamGrant } from './stream-token.js';

describe('a stream token', () => {
  const key = deriveKey(Buffer.alloc(32, 1), 'stream');
  const grant: StreamGrant = {
    projectId: '01a20000-0000-7000-8000-000000000000',
    keyId: 'pk_0123456789abcdef',
    until: 1_800_000_000_000,
  };
  const token = signStreamToken(key, grant);

  it('says what was granted, until it expires', () => {
    expect(readStreamToken(key, token, grant.until - 1)).toEqual(grant);
    expect(readStreamToken(key, token, grant.until)).toBeNull();
  });

  it('stands in an address as it is', () => {
    expect(encodeURIComponent(token)).toBe(token);
  });

  it.each([
    ['a later end', token.replace(/^[^~]+/, 'zzzzzzz')],
    ['another key', token.replace('pk_0', 'pk_1')],
    ['another project', token.replace('01a2', '01a3')],
    ['another signature', token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
    ['no signature', token.replace(/~[^~]+$/, '')],
    ['nothing', ''],
    ['far too much', `${token}${'a'.repeat(10_000)}`],
  ])('is refused with %s', (_, changed) => {
    expect(changed).not.toBe(token);
    expect(readStreamToken(key, changed, 0)).toBeNull();
  });

  it('of another secret is refused', () => {
    const other = deriveKey(Buffer.alloc(32, 2), 'stream');
    expect(readStreamToken(other, token, 0)).toBeNull();
  });
});
