// `npm run bench -- NAME` runs bench/NAME.ts, prints its table and writes bench/results/NAME.json.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './build-state.mjs';

const [name] = process.argv.slice(2);
const known = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
if (name === undefined || !known.includes(name)) {
  console.error(`npm run bench -- NAME, where NAME is one of: ${known.join(', ')}`);
  process.exit(2);
}
if (!(await ensureBuilt('dist-test')) || !(await ensureBuilt('dist'))) process.exit(1);

const file = join(ROOT, 'dist-test', 'bench', `${name}.js`);
if (!existsSync(file)) throw new Error(`${file} was not built`);
const { run } = await import(pathToFileURL(file).href);
/** @type {{ id: string, value: number, unit: string, goal: string | null, holds: boolean | null }[]} */
const rows = await run();

console.table(
  Object.fromEntries(
    rows.map(({ id, value, unit, goal, holds }) => [
      id,
      { value: Number(value.toPrecision(4)), unit, goal: goal ?? '-', holds: holds ?? '-' },
    ]),
  ),
);
mkdirSync(join(ROOT, 'bench', 'results'), { recursive: true });
writeFileSync(join(ROOT, 'bench', 'results', `${name}.json`), `${JSON.stringify(rows, null, 2)}\n`);
process.exit(rows.some(({ holds }) => holds === false) ? 1 : 0);
