// `npm run import:hillstrom -- FILE [--twice] [--exit] [--port N] [--url URL --key KEY]`: plays a real
// randomised e-mail test with 64,000 customers over HTTP, in a sandbox set to March 2008, and prints
// what comes out beside the published numbers. FILE is hillstrom.csv or hillstrom.csv.gz.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { createApi } from './lib/api.mjs';
import { EXPERIMENT_KEY, comparePublished, readRows } from './lib/hillstrom.mjs';
import {
  evaluate,
  playRows,
  prepareExperiment,
  resendRows,
  resultOf,
} from './lib/hillstrom-import.mjs';
import { say, step, table } from './lib/print.mjs';
import { startSandbox } from './lib/service.mjs';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    port: { type: 'string' },
    twice: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (file === undefined || (given.url === undefined) !== (given.key === undefined)) {
  console.error('npm run import:hillstrom -- FILE [--twice] [--exit] [--url URL --key KEY]');
  process.exit(2);
}
const rows = readRows(readFileSync(file));
const expectedFile = join(dirname(resolve(file)), 'hillstrom-expected.json');
const published = existsSync(expectedFile) ? JSON.parse(readFileSync(expectedFile, 'utf8')) : null;

const own = given.url === undefined ? await startOwn() : null;
const service = own ?? { url: given.url.replace(/\/$/, ''), key: given.key };
let leaving = false;
const leave = async (code) => {
  if (leaving) return;
  leaving = true;
  await own?.stop();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void leave(0));
void own?.ended.then(() => void leave(1));

try {
  const faults = await play(createApi(service));
  for (const fault of faults) console.error(fault);
  if (own === null || given.exit || faults.length > 0) await leave(faults.length > 0 ? 1 : 0);
  say(`\nA brief: ${service.url}/v1/experiments/${EXPERIMENT_KEY}/brief, key ${service.key}`, '');
  console.log('The sandbox goes on serving; Ctrl-C ends it and removes its data.');
} catch (error) {
  if (!leaving) console.error(error);
  await leave(1);
}

async function startOwn() {
  console.log('Starting a sandbox (the first start builds it) ...');
  return await startSandbox(given.port === undefined ? {} : { port: Number(given.port) });
}

/** @returns {Promise<string[]>} what is not as published */
async function play(api) {
  step('The sandbox is set to March 2008; interviews are invented, and labelled as invented');
  await prepareExperiment(api);
  say(`The gate lets ${EXPERIMENT_KEY} through; it is launched with three variants.`);

  step(`${rows.length} customers: exposures, visits, conversions, and what they spent`);
  const counts = await playRows(api, rows);
  say(`${counts.accepted} events accepted, ${counts.duplicate} duplicates.`);

  step('Two weeks later, and when the money has settled: the evaluation');
  const evaluation = await evaluate(api);
  const faults = report(evaluation);
  if (!given.twice) return faults;

  step('The same file once more');
  const again = await resendRows(api, rows);
  say(`${again.accepted} events accepted, ${again.duplicate} duplicates.`);
  const same = isDeepStrictEqual(resultOf(await evaluate(api)), resultOf(evaluation));
  say(same ? 'The second evaluation is equal to the first.' : 'The second evaluation differs.');
  return again.accepted === 0 && same ? faults : [...faults, 'the second file changed something'];
}

function report(evaluation) {
  const { perVariant, profitCoverage, unknownCosts } = evaluation.verdict;
  for (const { variant, state, reasons } of perVariant) {
    say(`${variant}: ${state}. ${reasons.map(({ sentence }) => sentence).join(' ')}`);
  }
  say(`Profit is ${profitCoverage}: the file says nothing of ${unknownCosts.join(', ')}.`);
  if (published === null) {
    say(`There is no ${expectedFile}, so nothing is compared.`);
    return [];
  }
  const compared = comparePublished(evaluation, published);
  table(
    ['number', 'published', 'computed', 'agrees'],
    compared.map(({ path, published: value, computed, agrees }) => [
      path,
      String(value),
      computed === undefined ? 'missing' : String(Number(computed.toPrecision(10))),
      agrees ? 'yes' : 'NO',
    ]),
  );
  say(`${compared.filter(({ agrees }) => agrees).length} of ${compared.length} numbers agree.`);
  return compared
    .filter(({ agrees }) => !agrees)
    .map(({ path, published: value, computed }) => `${path}: ${computed} is not ${value}`);
}
