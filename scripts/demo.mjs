// `npm run demo [-- --exit] [--port N] [--seed TEXT]`: starts a sandbox and plays a whole story in it
// over the public API: interviews, refusals, two tests, weeks of visitors, money, decisions.
import { parseArgs } from 'node:util';
import { createApi } from './lib/api.mjs';
import { lookAgain } from './lib/demo-aftermath.mjs';
import { openOneClick, openTotalFirst, setUpProject } from './lib/demo-evidence.mjs';
import { joinColleagues, launchBoth } from './lib/demo-launch.mjs';
import { announcePlan, compareWithPlanted, decide, printBriefs } from './lib/demo-results.mjs';
import { playWeeks } from './lib/demo-weeks.mjs';
import { say, step } from './lib/print.mjs';
import { startSandbox } from './lib/service.mjs';

/**
 * Six intervals of 95% all cover in about three of four stories, and this seed is one of the three.
 * With another one the story may end with an interval that does not, and then says so.
 */
const SEED = '4';
/** A Monday. */
const START = new Date('2026-01-05T09:00:00Z');

const { values: given } = parseArgs({
  options: {
    exit: { type: 'boolean', default: false },
    port: { type: 'string' },
    seed: { type: 'string', default: SEED },
  },
});

const startedMs = performance.now();
console.log('Becausal demo: everything here is invented, and runs in a sandbox of its own.');
console.log('Starting the service (the first start builds it) ...');
const service = await startSandbox(given.port === undefined ? {} : { port: Number(given.port) });
let leaving = false;
const leave = async (code) => {
  if (leaving) return;
  leaving = true;
  await service.stop();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void leave(0));
void service.ended.then(() => void leave(1));

try {
  const faults = await play();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  if (faults.length > 0) {
    console.error(`\nNot as planted (seed ${given.seed}, ${seconds} s):`);
    for (const fault of faults) console.error(`- ${fault}`);
    await leave(1);
  }
  say(`\nThe story took ${seconds} seconds: one profit_win, one proxy_trap, all as planted.`, '');
  whereToLook();
  if (given.exit) await leave(0);
  console.log('\nThe sandbox goes on serving; Ctrl-C ends it and removes its data.');
} catch (error) {
  if (!leaving) console.error(error);
  await leave(1);
}

/** @returns {Promise<string[]>} what did not come out as planted */
async function play() {
  const api = createApi(service);
  await api.moveClock(START);
  await setUpProject(api);
  await openTotalFirst(api);
  await openOneClick(api);
  announcePlan();
  const colleagues = await joinColleagues(api, service);
  await launchBoth(api, colleagues);
  const tracker = await api.post('/v1/keys', { kind: 'write', name: 'demo shop backend' });
  const send = createApi({ url: service.url, key: tracker.secret });
  await playWeeks(api, { url: service.url, send, seed: given.seed });
  const faults = await compareWithPlanted(api);
  if (faults.length > 0) return faults;
  await decide(api);
  await lookAgain(api);
  await printBriefs(api);
  return [];
}

function whereToLook() {
  step('Where to look');
  const { url, key } = service;
  say(`API in words      ${url}/docs`);
  say(`A brief           ${url}/v1/experiments/total-first/brief`);
  say(`Its evaluations   ${url}/v1/experiments/total-first/evaluations`);
  say(`What was refused  ${url}/v1/experiments/one-click-add-on/gate-decisions`);
  say(`Key               ${key}`);
  console.log(`\n   curl -H 'Authorization: Bearer ${key}' -H 'Accept: text/markdown' \\`);
  console.log(`     ${url}/v1/experiments/one-click-add-on/brief`);
}
