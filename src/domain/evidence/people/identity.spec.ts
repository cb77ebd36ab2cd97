import { identityTokens, isEmployersAddress, normaliseEmail, normalisePhone } from './identity.js';

describe('an e-mail address as it is compared', () => {
  it.each([
    ['as it is', 'visitor@example.com', 'visitor@example.com'],
    ['white space around it', '  visitor@example.com\n', 'visitor@example.com'],
    ['capitals', 'Visitor@Example.COM', 'visitor@example.com'],
    ['composed and decomposed letters', 'ele\u0301na@example.com', 'el\u00e9na@example.com'],
    ['dots, which mean something to most providers', 'a.b@example.com', 'a.b@example.com'],
    ['a tag after a plus sign', 'visitor+shop@example.com', 'visitor+shop@example.com'],
    ['no address at all', 'unknown', null],
    ['nothing before the sign', '@example.com', null],
    ['nothing after the sign', 'visitor@', null],
    ['two addresses', 'a@example.com b@example.com', null],
    ['nothing', '', null],
  ])('%s', (_, given, expected) => {
    expect(normaliseEmail(given)).toBe(expected);
  });
});

describe('a telephone number as it is compared', () => {
  it.each([
    ['as it is', '+358401234567', '+358401234567'],
    ['spaces, brackets and hyphens', '+358 (40) 123-45 67', '+358401234567'],
    ['00 instead of the plus sign', '00358 40 1234567', '+358401234567'],
    ['a full-width plus sign and digits', '\uff0b\uff13\uff15\uff18401234567', '+358401234567'],
    ['a national number', '040 123 4567', '0401234567'],
    ['a plus sign inside is no prefix', '040+1234567', '0401234567'],
    ['too short to be one person’s', '12345', null],
    ['no number at all', 'ask reception', null],
    ['nothing', '', null],
  ])('%s', (_, given, expected) => {
    expect(normalisePhone(given)).toBe(expected);
  });
});

describe('what equal people have in common', () => {
  it('is the address and the number, each with its kind', () => {
    expect(identityTokens({ email: 'V@example.com', phone: '0040 123 4567' })).toEqual([
      'email:v@example.com',
      'phone:+401234567',
    ]);
  });

  it('is never a name', () => {
    expect(identityTokens({ name: 'Visitor A', email: 'unknown' })).toEqual([]);
  });
});

describe('an address of the company', () => {
  it.each([
    ['someone@example.com', ['example.com'], true],
    ['Someone@MAIL.Example.COM', ['@example.com'], true],
    ['someone@notexample.com', ['example.com'], false],
    ['someone@example.com.evil.org', ['example.com'], false],
    ['someone@example.com', [], false],
    ['someone@example.com', [' ', ''], false],
    ['unknown', ['example.com'], false],
  ])('%s, with %j: %s', (email, domains, isOurs) => {
    expect(isEmployersAddress(email, domains)).toBe(isOurs);
  });
});
