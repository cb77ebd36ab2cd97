// `npm run openapi` writes docs/openapi.json from the running application; with --check it only says
// whether the committed file still tells the truth.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build-state.mjs';
import { built, onThrowAwayDatabase } from './throw-away.mjs';

const FILE = join(ROOT, 'docs', 'openapi.json');
const DIFFERENCES_SHOWN = 20;

/** Sorted keys: a change of order in the code is no change of the description. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function differences(before, after, at = '') {
  if (before === after) return [];
  const both = [before, after];
  if (both.some((value) => value === null || typeof value !== 'object')) {
    return [before === undefined ? `+ ${at}` : after === undefined ? `- ${at}` : `~ ${at}`];
  }
  return [...new Set(both.flatMap(Object.keys))]
    .sort()
    .flatMap((key) => differences(before[key], after[key], `${at}/${key.replaceAll('/', '~1')}`));
}

const described = await onThrowAwayDatabase(async ({ config, url, logger }) => {
  const { createApplication, prepareDatabase } = await built('app.setup.js');
  const { describeApi } = await built('app.documentation.js');
  await prepareDatabase(config, url, logger);
  const app = await createApplication(config, url, logger);
  try {
    return JSON.parse(JSON.stringify(describeApi(app)));
  } finally {
    await app.close();
  }
});
const text = `${JSON.stringify(sorted(described), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
  console.log(`docs/openapi.json: ${Object.keys(described.paths).length} paths`);
} else if (!existsSync(FILE)) {
  console.error('docs/openapi.json is missing: run `npm run openapi`');
  process.exitCode = 1;
} else {
  const committed = readFileSync(FILE, 'utf8');
  if (committed !== text) {
    const found = differences(JSON.parse(committed), sorted(described));
    console.error('docs/openapi.json is not what the code says: run `npm run openapi`');
    console.error(found.slice(0, DIFFERENCES_SHOWN).join('\n') || 'only the formatting differs');
    if (found.length > DIFFERENCES_SHOWN) {
      console.error(`... and ${found.length - DIFFERENCES_SHOWN} more`);
    }
    process.exitCode = 1;
  }
}
