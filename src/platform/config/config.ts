import { resolve } from 'node:path';
import { randomBytes } from 'node:crypto';
import { ConfigError } from './config-error.js';
import { type OutboundSettings, outboundSettings } from './outbound-settings.js';
import { CHOSEN_SECRET, createKeySecret } from '../security/key-secret.js';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Everything the process is told from outside, read and validated once, at the process edge. */
export interface Config {
  port: number;
  /** `host` to listen on; all interfaces when absent. */
  host: string;
  dataDir: string;
  /** A PostgreSQL >= 15; absent means the embedded one in `dataDir`. */
  databaseUrl: string | null;
  /** The bootstrap secret key; `generated` when it was made on this start, to be printed once. */
  adminKey: { secret: string; generated: boolean };
  /** Key-encryption key, 32 bytes. */
  masterKey: Buffer;
  sandbox: boolean;
  /** Accept a database that may lose acknowledged writes; for throw-away data only. */
  allowUnsafeDurability: boolean;
  logLevel: LogLevel;
  /** Runs scheduled evaluations in this process. */
  worker: boolean;
  /** Small requests with events share transactions while others are being stored. */
  coalesceEvents: boolean;
  /** Requests for assignments that one key may make in a second, in this process. */
  assignmentsPerSecond: number;
  /** Streams that tell clients of changes, open at once in this process. */
  streamsMax: number;
  /** Webhooks and mails. */
  outbound: OutboundSettings;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MASTER_KEY_BYTES = 32;
/** A third of what one core answers, so that one key leaves room for others. */
const ASSIGNMENTS_PER_SECOND = 5_000;
/** Each costs a connection and some 20 KiB. */
const STREAMS_MAX = 10_000;
const COUNT_MAX = 1_000_000;

/** The process environment; the one place that reads it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/**
 * Reads the settings of `.env.example` from `env` and, in embedded mode, from the data directory.
 * Secrets that are missing there are generated and kept with owner-only permissions.
 * @throws ConfigError naming the variable
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const databaseUrl = optional(env, 'DATABASE_URL');
  const sandbox = flag(env, 'BECAUSAL_SANDBOX');
  if (sandbox && databaseUrl !== null) {
    throw new ConfigError(
      'BECAUSAL_SANDBOX moves the clock and is refused together with DATABASE_URL: unset one of them',
    );
  }
  const dataDir = resolve(optional(env, 'BECAUSAL_DATA_DIR') ?? './.becausal');
  mkdirSync(dataDir, { recursive: true });
  return {
    port: port(env),
    host: optional(env, 'HOST') ?? '0.0.0.0',
    dataDir,
    databaseUrl,
    adminKey: adminKey(env, dataDir),
    masterKey: masterKey(env, dataDir, databaseUrl),
    sandbox,
    allowUnsafeDurability: flag(env, 'BECAUSAL_ALLOW_UNSAFE_DURABILITY'),
    logLevel: logLevel(env),
    worker: optional(env, 'BECAUSAL_WORKER') === null || flag(env, 'BECAUSAL_WORKER'),
    coalesceEvents: optional(env, 'BECAUSAL_COALESCE') === null || flag(env, 'BECAUSAL_COALESCE'),
    assignmentsPerSecond: count(env, 'BECAUSAL_ASSIGNMENTS_PER_SECOND', ASSIGNMENTS_PER_SECOND),
    streamsMax: count(env, 'BECAUSAL_STREAMS_MAX', STREAMS_MAX),
    outbound: outboundSettings(env),
  };
}

function optional(env: Readonly<Record<string, string | undefined>>, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

function flag(env: Readonly<Record<string, string | undefined>>, name: string): boolean {
  const value = optional(env, name);
  if (value === null || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true') return true;
  throw new ConfigError(`${name} is a switch: 1 or 0`);
}

function port(env: Readonly<Record<string, string | undefined>>): number {
  const text = optional(env, 'PORT') ?? '3000';
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value > 65_535) {
    throw new ConfigError('PORT is a number from 0 to 65535');
  }
  return value;
}

function count(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  otherwise: number,
): number {
  const text = optional(env, name) ?? String(otherwise);
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < 1 || value > COUNT_MAX) {
    throw new ConfigError(`${name} is a number from 1 to ${COUNT_MAX}`);
  }
  return value;
}

function logLevel(env: Readonly<Record<string, string | undefined>>): LogLevel {
  const text = optional(env, 'LOG_LEVEL') ?? 'info';
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) throw new ConfigError(`LOG_LEVEL is one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

function adminKey(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Config['adminKey'] {
  const given = optional(env, 'BECAUSAL_ADMIN_KEY');
  if (given !== null) {
    if (!CHOSEN_SECRET.test(given)) {
      throw new ConfigError(
        'BECAUSAL_ADMIN_KEY is sk_ and 20 to 190 of 0-9 A-Z a-z _ -, chosen at random',
      );
    }
    return { secret: given, generated: false };
  }
  const kept = keptSecret(dataDir, 'admin.key', () => {
    return createKeySecret('secret').secret;
  });
  return { secret: kept.value, generated: kept.created };
}

function masterKey(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
  databaseUrl: string | null,
): Buffer {
  const given = optional(env, 'BECAUSAL_MASTER_KEY');
  if (given === null && databaseUrl !== null) {
    throw new ConfigError(
      'BECAUSAL_MASTER_KEY (base64, 32 bytes) is required with DATABASE_URL: ' +
        'without it nobody could ever read the transcripts again',
    );
  }
  const text =
    given ??
    keptSecret(dataDir, 'master.key', () => randomBytes(MASTER_KEY_BYTES).toString('base64')).value;
  const key = Buffer.from(text, 'base64');
  if (key.length !== MASTER_KEY_BYTES) {
    throw new ConfigError('BECAUSAL_MASTER_KEY is 32 bytes in base64');
  }
  return key;
}

/** A secret of this data directory: made once, readable by its owner only. */
export function keptSecret(
  dataDir: string,
  name: string,
  make: () => string,
): { value: string; created: boolean } {
  const path = resolve(dataDir, name);
  if (existsSync(path)) return { value: readFileSync(path, 'utf8').trim(), created: false };
  const value = make();
  writeFileSync(path, `${value}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
  return { value, created: true };
}
