import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The built service on its own embedded PostgreSQL, durable as it is installed. */
export interface Service {
  url: string;
  key: string;
  process: ChildProcess;
}

/** USER_HZ: the unit of /proc/PID/stat on Linux. */
const TICKS_PER_SECOND = 100;
const READY = /ready at (http:\S+)/;
const START_TIMEOUT_MS = 60_000;

/**
 * @param flags for Node itself, e.g. a profiler
 * @param settings more variables of its environment
 */
export function startService(
  dataDir: string,
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const main = resolve(import.meta.dirname, '..', '..', '..', 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [...flags, main], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      HOST: '127.0.0.1',
      BECAUSAL_DATA_DIR: dataDir,
      BECAUSAL_WORKER: '0',
      LOG_LEVEL: 'silent',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((ready, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error('the service did not start in time'));
    }, START_TIMEOUT_MS);
    let said = '';
    const read = (text: string): void => {
      said += text;
      const url = READY.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      // What it logs from now on is taken from it and thrown away.
      child.stdout.off('data', read).resume();
      const key = readFileSync(join(dataDir, 'admin.key'), 'utf8').trim();
      ready({ url, key, process: child });
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(new Error(`the service ended with ${code}`));
    });
  });
}

export async function stopService({ process: child }: Service): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** Processor time, user and system, in milliseconds. */
export interface CpuTime {
  service: number;
  /** Every process of the service's database, those that have ended since included. */
  database: number;
}

/** Null where /proc is missing. */
export function cpuOf({ process: { pid } }: Service): CpuTime | null {
  const service = statOf(pid);
  if (service === null) return null;
  let database = 0;
  for (const child of descendantsOf(pid)) {
    const { own = 0, ended = 0 } = statOf(child) ?? {};
    database += own + ended;
  }
  return { service: service.own, database };
}

/** Memory of the service's own process that is in use now, in MiB; null where /proc is missing. */
export function memoryOf({ process: { pid } }: Service): number | null {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) / 1_024;
  } catch {
    return null;
  }
}

interface ProcessStat {
  parent: number;
  own: number;
  /** Of its children that have ended and were waited for. */
  ended: number;
}

function statOf(pid: number | undefined): ProcessStat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name may hold spaces; the numbers start after its closing bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ms = (first: number): number =>
      ((Number(fields[first]) + Number(fields[first + 1])) * 1_000) / TICKS_PER_SECOND;
    return { parent: Number(fields[1]), own: ms(11), ended: ms(13) };
  } catch {
    return null;
  }
}

function descendantsOf(root: number | undefined): number[] {
  const byParent = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? statOf(pid)?.parent : undefined;
    if (parent !== undefined) byParent.set(parent, [...(byParent.get(parent) ?? []), pid]);
  }
  const found = [...(byParent.get(root ?? -1) ?? [])];
  for (const pid of found) found.push(...(byParent.get(pid) ?? []));
  return found;
}
