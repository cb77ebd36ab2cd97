// `npm run check [-- NAME ...]`: everything a change must pass, cheap things first. All of it runs,
// all of it is reported; the exit code says whether anything failed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './build-state.mjs';

const CHECKS = [
  'format',
  'lint',
  'types',
  'layers',
  'dead',
  'unit',
  'build',
  'openapi',
  'migrations',
  'integration',
  'e2e',
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}. There are: ${CHECKS.join(', ')}`);
  process.exit(2);
}

const results = [];
for (const name of CHECKS.filter((check) => wanted.length === 0 || wanted.includes(check))) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', `check:${name}`], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}` },
  });
  results.push({ name, ok: status === 0, seconds: (performance.now() - started) / 1000 });
}

console.log('');
for (const { name, ok, seconds } of results) {
  console.log(`${name.padEnd(12)} ${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(6)} s`);
}
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
