import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './source-files.js';

const READY = /ready at (http:\S+)/;
const START_TIMEOUT_MS = 60_000;

export interface ServiceProcess {
  url: string;
  /** Everything it has printed so far. */
  printed: () => string;
  /** Sends a signal after which it may live on, such as SIGSTOP. */
  signal: (signal: NodeJS.Signals) => void;
  /** Sends the signal and waits for the end; answers the exit code, null after a kill. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export interface FailedStart {
  code: number | null;
  printed: string;
}

const DIRECT = [process.execPath, join(REPOSITORY, 'scripts', 'start.mjs')];

/** The service as `npm start` runs it, on a port of its own choice. */
export async function startService(
  environment: Readonly<Record<string, string>>,
  [program = '', ...args]: readonly string[] = DIRECT,
): Promise<ServiceProcess | FailedStart> {
  const child = spawn(program, args, {
    cwd: REPOSITORY,
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const ready = new Promise<string>((found) => {
    const read = (more: string): void => {
      text += more;
      const url = READY.exec(text)?.[1];
      if (url !== undefined) found(url);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const first = await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (typeof first !== 'string') return { code: first, printed: text };
  return {
    url: first,
    printed: () => text,
    signal: (signal) => void child.kill(signal),
    end: (signal) => endOf(child, ended, signal),
  };
}

/** As `startService`, for tests in which it must start. */
export async function startedService(
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = DIRECT,
): Promise<ServiceProcess> {
  const service = await startService(environment, command);
  if ('url' in service) return service;
  throw new Error(`the service ended with ${service.code}: ${service.printed}`);
}

async function endOf(
  child: ChildProcess,
  ended: Promise<number | null>,
  signal: NodeJS.Signals,
): Promise<number | null> {
  child.kill(signal);
  return await ended;
}
