import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { packageVersion } from '../config/package-version.js';
import { MIGRATIONS } from '../database/migrations.js';
import { deriveKey } from '../security/sealing.js';

/** Older than this, nothing is served from it, and nobody is let in by it. */
export const SNAPSHOT_AGE_MAX_MS = 24 * 3_600_000;
/** Clocks of machines that share a disk differ a little. */
const AHEAD_MAX_MS = 5 * 60_000;
const FILE = 'assignment.snapshot';
/** No write takes so long. */
const UNFINISHED_MS = 60_000;
const FORMAT = 1;

/** What was served at one instant, as it was read; each part is plain JSON. */
export interface Snapshot {
  /** RFC 3339: when the database last said that this is what it has. */
  readAt: string;
  /** Which database that was, by its own word. */
  database: string;
  parts: Readonly<Record<string, unknown>>;
}

/** Whose snapshot it is: a file of anybody else is refused. */
export interface SnapshotIdentity {
  path: string;
  key: Buffer;
  /** Where the database is looked for, as a digest: host, port and name. */
  address: string;
  /** Who wrote it: another version may read other things into it. */
  version: string;
}

/** Why a snapshot is not served. */
export type SnapshotRefusal =
  | 'missing'
  | 'torn'
  | 'altered'
  | 'of-another-master-key'
  | 'of-another-version'
  | 'of-another-database'
  | 'too-old'
  | 'from-the-future';

export function snapshotIdentity(config: Config): SnapshotIdentity {
  return {
    path: resolve(config.dataDir, FILE),
    key: deriveKey(config.masterKey, 'snapshot'),
    address: addressOf(config.databaseUrl),
    version: `${packageVersion()}/${MIGRATIONS.at(-1)?.name ?? ''}`,
  };
}

/** The embedded database is the one of the data directory, at whatever port. */
function addressOf(databaseUrl: string | null): string {
  if (databaseUrl === null) return 'embedded';
  const { hostname, port, pathname, searchParams } = new URL(databaseUrl);
  const host = (searchParams.get('host') ?? hostname).toLowerCase();
  const place = `${host}:${port === '' ? '5432' : port}${pathname}`;
  return createHash('sha256').update(place).digest('base64url');
}

/** The first line says what the rest must be. */
interface Header {
  format: number;
  bytes: number;
  /** Names the key without telling it. */
  keyId: string;
  mac: string;
}

interface Body extends Snapshot {
  address: string;
  version: string;
}

/**
 * Writes the snapshot in place of the last one: at any moment there is the old one or the new one.
 * Only its owner may read it.
 */
export async function writeSnapshot(identity: SnapshotIdentity, snapshot: Snapshot): Promise<void> {
  const { path, key, address, version } = identity;
  const body = Buffer.from(JSON.stringify({ ...snapshot, address, version } satisfies Body));
  const header: Header = {
    format: FORMAT,
    bytes: body.length,
    keyId: keyIdOf(key),
    mac: macOf(key, body),
  };
  const beside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes what processes left that were killed while they wrote. */
export async function sweepUnfinished({ path }: SnapshotIdentity): Promise<void> {
  const before = Date.now() - UNFINISHED_MS;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = resolve(dirname(path), name);
    if ((await stat(left)).mtimeMs < before) await rm(left, { force: true });
  }
}

/** The snapshot on disk, or why it must not be served. */
export function readSnapshot(
  { path, key, address, version }: SnapshotIdentity,
  now: Date,
): { snapshot: Snapshot } | { refused: SnapshotRefusal } {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return { refused: 'missing' };
    throw error;
  }
  const end = file.indexOf('\n');
  const header = end < 0 ? null : headerFrom(file.toString('utf8', 0, end));
  if (header === null) return { refused: 'torn' };
  if (header.format !== FORMAT) return { refused: 'of-another-version' };
  if (header.keyId !== keyIdOf(key)) return { refused: 'of-another-master-key' };
  const bytes = file.subarray(end + 1);
  if (bytes.length !== header.bytes) return { refused: 'torn' };
  if (!isSame(header.mac, macOf(key, bytes))) return { refused: 'altered' };
  const body = JSON.parse(bytes.toString('utf8')) as Body;
  if (body.version !== version) return { refused: 'of-another-version' };
  if (body.address !== address) return { refused: 'of-another-database' };
  const ageMs = now.getTime() - Date.parse(body.readAt);
  if (ageMs > SNAPSHOT_AGE_MAX_MS) return { refused: 'too-old' };
  if (ageMs < -AHEAD_MAX_MS) return { refused: 'from-the-future' };
  return { snapshot: { readAt: body.readAt, database: body.database, parts: body.parts } };
}

function headerFrom(line: string): Header | null {
  try {
    const { format, bytes, keyId, mac } = JSON.parse(line) as Record<string, unknown>;
    const isWhole =
      typeof format === 'number' &&
      typeof bytes === 'number' &&
      typeof keyId === 'string' &&
      typeof mac === 'string';
    return isWhole ? { format, bytes, keyId, mac } : null;
  } catch {
    return null;
  }
}

function keyIdOf(key: Buffer): string {
  return createHmac('sha256', key).update('id').digest('base64url').slice(0, 16);
}

function macOf(key: Buffer, body: Buffer): string {
  return createHmac('sha256', key).update(`${FORMAT}\n`).update(body).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
