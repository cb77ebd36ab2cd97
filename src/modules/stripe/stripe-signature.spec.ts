import Stripe from 'stripe';
import {
  isSignedWith,
  isTimely,
  readSignatureHeader,
  type SignatureHeader,
} from './stripe-signature.js';

const SECRET = 'whsec_0123456789abcdefghijABCDEFGHIJ01';
const BODY = '{"id":"evt_1","text":"Übung 漢字"}';
const NOW = 1_772_445_600;
const HEX = 'ab'.repeat(32);

const signed = (changes: object = {}): string =>
  new Stripe('sk_test_none').webhooks.generateTestHeaderString({
    payload: BODY,
    secret: SECRET,
    timestamp: NOW,
    ...changes,
  });
const read = (header: string): SignatureHeader => {
  const found = readSignatureHeader(header);
  if (found === null) throw new Error('the header was not read');
  return found;
};

describe('the signature of a webhook', () => {
  it('E13: is checked as Stripe’s own library makes it, over the bytes', () => {
    expect(isSignedWith(SECRET, read(signed()), Buffer.from(BODY))).toBe(true);
    expect(isSignedWith(SECRET, read(signed()), Buffer.from(BODY.replace('1', '2')))).toBe(false);
    expect(isSignedWith(SECRET, read(signed()), Buffer.from(`${BODY}\n`))).toBe(false);
    expect(isSignedWith(`${SECRET}x`, read(signed()), Buffer.from(BODY))).toBe(false);
  });

  it('covers the time', () => {
    const moved = signed().replace(`t=${NOW}`, `t=${NOW + 1}`);
    expect(isSignedWith(SECRET, read(moved), Buffer.from(BODY))).toBe(false);
  });

  it('is good when one of several is', () => {
    const [time, digest] = signed().split(',');
    const header = `${time},v1=${HEX},v0=${HEX}, ${digest}`;
    expect(read(header).digests).toHaveLength(2);
    expect(isSignedWith(SECRET, read(header), Buffer.from(BODY))).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no time', `v1=${HEX}`],
    ['a time that is no number', `t=soon,v1=${HEX}`],
    ['a negative time', `t=-5,v1=${HEX}`],
    ['no digest', `t=${NOW}`],
    ['a digest of another scheme', `t=${NOW},v0=${HEX}`],
    ['a short digest', `t=${NOW},v1=abcd`],
    ['a long digest', `t=${NOW},v1=${HEX}ab`],
    ['a digest in no hexadecimal digits', `t=${NOW},v1=${'xy'.repeat(32)}`],
    ['text', 'signature'],
  ])('is not read from %s', (_, header) => {
    expect(readSignatureHeader(header)).toBeNull();
  });

  it.each([
    [0, true],
    [300, true],
    [301, false],
    [-300, true],
    [-301, false],
  ])('of %i seconds ago: taken %s', (ageSeconds, isTaken) => {
    expect(isTimely(read(signed()), (NOW + ageSeconds) * 1000)).toBe(isTaken);
  });
});
