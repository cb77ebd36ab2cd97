// `npm run dev`: compiles on every change and restarts the service after each good build.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './build-state.mjs';

const GOOD_BUILD = /Found 0 errors/;

let service = null;
let leaving = false;
let restarting = Promise.resolve();

const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const compiler = spawn(process.execPath, [nest, 'build', '--watch', '--preserveWatchOutput'], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'inherit'],
});
compiler.stdout.setEncoding('utf8').on('data', (text) => {
  process.stdout.write(text);
  if (GOOD_BUILD.test(text)) restarting = restarting.then(restart);
});
compiler.once('exit', (code) => void leave(code ?? 1));

async function restart() {
  await stopService();
  if (leaving) return;
  service = spawn(
    process.execPath,
    ['--enable-source-maps', join(ROOT, 'dist', 'src', 'main.js')],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
}

/** The database stops with the service; the next one must not start before. */
function stopService() {
  const running = service;
  service = null;
  if (running === null || running.exitCode !== null || running.signalCode !== null) return;
  return new Promise((stopped) => {
    running.once('exit', stopped);
    running.kill('SIGTERM');
  });
}

async function leave(code) {
  if (leaving) return;
  leaving = true;
  compiler.kill('SIGTERM');
  await restarting;
  await stopService();
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void leave(0));
