// `npm run rebuild -- EXPERIMENT [--url URL] [--key KEY]`: sums an experiment of a running service
// again from its log of events, and shows how far it is.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApi } from './lib/api.mjs';
import { givenService } from './lib/given-service.mjs';
import { createProgressBar } from './lib/progress-bar.mjs';

const POLL_MS = 500;

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string' }, key: { type: 'string' } },
});
const [experiment] = positionals;
const service = givenService(given);
if (experiment === undefined || service.key === undefined) {
  console.error(
    'npm run rebuild -- EXPERIMENT [--url URL] [--key KEY]\n' +
      'EXPERIMENT is the key of a launched experiment.\n' +
      'Without --key, it is the one in BECAUSAL_ADMIN_KEY or in the data directory.',
  );
  process.exit(2);
}

try {
  process.exitCode = await run(createApi(service));
} catch (error) {
  console.error(`Nobody could be asked how far it is: ${error.message || error.code}.`);
  console.error('A rebuild that has begun goes on without this command.');
  process.exitCode = 1;
}

/** @returns {Promise<number>} the exit code */
async function run(api) {
  const path = `/v1/experiments/${encodeURIComponent(experiment)}/rebuilds`;
  const begun = await api.send('POST', path);
  if (begun.status !== 202) {
    console.error(`The service refused: HTTP ${begun.status} ${begun.body.code ?? ''}`);
    if (begun.body.detail !== undefined) console.error(begun.body.detail);
    return 1;
  }
  const bar = createProgressBar();
  const ended = await untilEnded(api, begun.body, bar).finally(() => bar.end());
  const { id, status, error, createdAt, endedAt, eventsCounted, eventsPerSecond = 0 } = ended;
  const seconds = (new Date(endedAt).getTime() - new Date(createdAt).getTime()) / 1000;
  if (status === 'failed') {
    console.error(`${experiment}: failed after ${seconds.toFixed(1)} s: ${error}; rebuild ${id}`);
    return 1;
  }
  console.log(
    `${experiment}: ${status} in ${seconds.toFixed(1)} s, ${eventsCounted} events, ` +
      `${eventsPerSecond} events/s; rebuild ${id}`,
  );
  return 0;
}

async function untilEnded(api, begun, bar) {
  let rebuild = begun;
  for (;;) {
    const { percent, eventsCounted, eventsPerSecond = 0 } = rebuild;
    bar.show({ percent, text: `${eventsPerSecond} events/s  ${eventsCounted} events` });
    if (rebuild.status !== 'running') return rebuild;
    await sleep(POLL_MS);
    rebuild = await api.get(`/v1/rebuilds/${rebuild.id}`);
  }
}
