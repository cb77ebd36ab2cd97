// `node scripts/verdict-table.mjs [BUILT]`: writes docs/verdict-table.md anew from the rules, as they are built for the
// tests in dist-test or in the folder BUILT.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './build-state.mjs';

const given = process.argv[2];
if (given === undefined && !(await ensureBuilt('dist-test'))) process.exit(1);
const built = given === undefined ? join(ROOT, 'dist-test') : resolve(given);
const table = await import(pathToFileURL(join(built, 'test', 'support', 'verdict-table.js')).href);
const page = table.verdictTablePage([...table.everyCombination()].map(table.ruled));
writeFileSync(join(ROOT, 'docs', 'verdict-table.md'), page);
