import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './config.js';

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
