import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import { loadConfig } from './config.js';

describe('loadConfig', () => {
  const fresh = (): string => mkdtempSync(join(tmpdir(), 'becausal-config-'));
  const load = (env: Record<string, string>) => loadConfig({ BECAUSAL_DATA_DIR: fresh(), ...env });

  it('makes secrets once, for their owner only, and keeps them', () => {
    const dataDir = fresh();
    const first = loadConfig({ BECAUSAL_DATA_DIR: dataDir });
    const second = loadConfig({ BECAUSAL_DATA_DIR: dataDir });
    expect(first.adminKey.generated).toBe(true);
    expect(second.adminKey).toEqual({ secret: first.adminKey.secret, generated: false });
    expect(second.masterKey.equals(first.masterKey)).toBe(true);
    for (const name of ['admin.key', 'master.key']) {
      expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('sends nothing anywhere private and no mail by itself', () => {
    expect(load({}).outbound).toEqual({ trusted: [], smtp: null, publicUrl: null });
  });

  it('reads where mails go out, which receivers are trusted, and where people reach it', () => {
    const { outbound } = load({
      BECAUSAL_SMTP_URL: 'smtps://robot%40ab.example:p%3Aw@mail.example',
      BECAUSAL_MAIL_FROM: 'becausal@ab.example',
      BECAUSAL_OUTBOUND_ALLOW: 'Chat.LAN:8065, [::1]:9000,',
      BECAUSAL_PUBLIC_URL: 'https://ab.example/becausal/',
    });
    expect(outbound).toEqual({
      trusted: ['chat.lan:8065', '[::1]:9000'],
      smtp: {
        host: 'mail.example',
        port: 465,
        isTls: true,
        login: { user: 'robot@ab.example', password: 'p:w' },
        from: 'becausal@ab.example',
      },
      publicUrl: 'https://ab.example/becausal',
    });
    const plain = load({ BECAUSAL_SMTP_URL: 'smtp://mail', BECAUSAL_MAIL_FROM: 'a@b.example' });
    expect(plain.outbound.smtp).toMatchObject({ port: 587, isTls: false, login: null });
  });

  it('names no password of a mail server', () => {
    const env = {
      BECAUSAL_SMTP_URL: 'smtp://user:canary%@mail',
      BECAUSAL_MAIL_FROM: 'a@b.example',
    };
    expect(() => load(env)).toThrow(/^(?!.*canary).*SMTP_URL/);
  });

  it('takes a key that the operator chose', () => {
    const secret = 'sk_chosen-by-an-operator-1';
    expect(load({ BECAUSAL_ADMIN_KEY: secret }).adminKey).toEqual({ secret, generated: false });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a port that is none', { PORT: '70000' }, /PORT/],
    ['a port in words', { PORT: 'http' }, /PORT/],
    ['a limit of nothing', { BECAUSAL_ASSIGNMENTS_PER_SECOND: '0' }, /ASSIGNMENTS_PER_SECOND/],
    ['a limit in words', { BECAUSAL_STREAMS_MAX: 'many' }, /BECAUSAL_STREAMS_MAX/],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
    ['a switch that is no switch', { BECAUSAL_SANDBOX: 'maybe' }, /BECAUSAL_SANDBOX/],
    ['a key that is easily guessed', { BECAUSAL_ADMIN_KEY: 'sk_admin' }, /BECAUSAL_ADMIN_KEY/],
    ['a master key of another length', { BECAUSAL_MASTER_KEY: 'c2hvcnQ=' }, /BECAUSAL_MASTER_KEY/],
    ['a receiver without a port', { BECAUSAL_OUTBOUND_ALLOW: 'chat.lan' }, /OUTBOUND_ALLOW/],
    ['a receiver that is a URL', { BECAUSAL_OUTBOUND_ALLOW: 'http://a:1' }, /OUTBOUND_ALLOW/],
    ['a mail server of the web', { BECAUSAL_SMTP_URL: 'https://mail.example' }, /SMTP_URL/],
    ['a mail server without a sender', { BECAUSAL_SMTP_URL: 'smtp://mail' }, /MAIL_FROM/],
    [
      'a sender that is a header',
      { BECAUSAL_SMTP_URL: 'smtp://mail', BECAUSAL_MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' },
      /MAIL_FROM/,
    ],
    ['a public address that is none', { BECAUSAL_PUBLIC_URL: 'ab.example' }, /PUBLIC_URL/],
    ['a public address with a query', { BECAUSAL_PUBLIC_URL: 'https://a?b' }, /PUBLIC_URL/],
    [
      'a sandbox on somebody’s database',
      { BECAUSAL_SANDBOX: '1', DATABASE_URL: 'postgresql://db/x' },
      /DATABASE_URL/,
    ],
    [
      'a foreign database without a master key',
      { DATABASE_URL: 'postgresql://db/x' },
      /BECAUSAL_MASTER_KEY/,
    ],
  ])('refuses %s and names the setting', (_name, env, words) => {
    expect(() => load(env)).toThrow(ConfigError);
    expect(() => load(env)).toThrow(words);
  });
});
