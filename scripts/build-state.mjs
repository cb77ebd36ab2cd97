import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROOT = resolve(import.meta.dirname, '..');

const SHARED = ['ormconfig.ts', 'package-lock.json', 'tsconfig.json'];
const OUTPUTS = {
  dist: {
    sources: ['src', 'tsconfig.build.json', 'nest-cli.json', ...SHARED],
    build: ['build'],
  },
  'dist-test': {
    sources: [
      'src',
      'test',
      'bench',
      'packages',
      'tsconfig.test.json',
      'nest-cli.test.json',
      ...SHARED,
    ],
    build: ['build', '-p', 'tsconfig.test.json', '-c', 'nest-cli.test.json'],
  },
};

/** What the sources look like now: names, sizes and times, so that a removed file counts too. */
function digestOf(sources) {
  const hash = createHash('sha256');
  const add = (path) => {
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(join(ROOT, path)).sort()) add(join(path, name));
      return;
    }
    hash.update(`${path}\0${stat.size}\0${Math.trunc(stat.mtimeMs)}\n`);
  };
  sources.forEach(add);
  return hash.digest('hex');
}

/**
 * Builds `dist` or `dist-test` when it is missing or not made of the present sources. Two callers
 * take turns, so that two services may be started at once from a fresh clone.
 * @returns whether the output is now up to date
 */
export async function ensureBuilt(output) {
  const { sources, build } = OUTPUTS[output];
  const stamp = join(ROOT, output, '.built-from');
  const isFresh = () =>
    existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === digestOf(sources);
  if (isFresh()) return true;
  const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  // An installation without build tools serves what was built for it.
  if (!existsSync(nest)) return existsSync(join(ROOT, output));
  const release = await takeTurn(output);
  try {
    if (isFresh()) return true;
    console.error(`building ${output} ...`);
    const digest = digestOf(sources);
    const { status } = spawnSync(process.execPath, [nest, ...build], {
      cwd: ROOT,
      // The standard output belongs to the caller's own answer.
      stdio: ['ignore', process.stderr, process.stderr],
    });
    if (status !== 0) return false;
    writeFileSync(stamp, `${digest}\n`);
    return true;
  } finally {
    release();
  }
}

/** A lock folder that names its holder; one whose holder is gone is taken over. */
async function takeTurn(output) {
  const lock = join(ROOT, 'node_modules', '.cache', `becausal-build-${output}`);
  mkdirSync(join(lock, '..'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
      else await sleep(200);
    }
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return () => rmSync(lock, { recursive: true, force: true });
}

const LOCK_WITHOUT_PID_MS = 5_000;

function isAbandoned(lock) {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    if (error.code === 'EPERM') return false;
    if (error.code !== 'ENOENT') return true;
    const made = statSync(lock, { throwIfNoEntry: false });
    return made !== undefined && Date.now() - made.mtimeMs > LOCK_WITHOUT_PID_MS;
  }
}
