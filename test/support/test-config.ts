import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/platform/config/config.js';

/** Same in every test, so that the template's bootstrap key opens every clone. */
export const ADMIN_KEY = 'sk_0123456789abcdef_testtesttesttesttesttesttesttesttesttest';

export function testConfig(changes: Partial<Config> = {}): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    dataDir: mkdtempSync(join(tmpdir(), 'becausal-data-')),
    databaseUrl: null,
    adminKey: { secret: ADMIN_KEY, generated: false },
    masterKey: Buffer.alloc(32, 7),
    sandbox: true,
    allowUnsafeDurability: true,
    logLevel: 'silent',
    worker: false,
    coalesceEvents: true,
    assignmentsPerSecond: 5_000,
    streamsMax: 100,
    outbound: { trusted: [], smtp: null, publicUrl: null },
    ...changes,
  };
}
