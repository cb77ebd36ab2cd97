import { performance } from 'node:perf_hooks';
import { HttpConnection, requestOf } from '../support/http-connection.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { cpuMsOf, type MeasuredLog } from './measured-log.js';
import { ROUNDS, type Sizes } from './sizes.js';
import { newEvents } from './traffic.js';

/** One event a request from many clients: with requests sharing transactions, and each on its own. */

const CLIENTS = 32;
const GOAL = 3;

interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** @param alone a service that was told not to coalesce */
export async function measureSingles(
  together: MeasuredLog,
  alone: MeasuredLog,
  sizes: Sizes,
): Promise<Measure[]> {
  const count = CLIENTS * sizes.singlesPerClient;
  console.log(`single events: ${count} a cell from ${CLIENTS} clients, one CHECKPOINT before each`);
  const rounds: { together: Cost; alone: Cost }[] = [];
  // The first round warms up and is not counted.
  for (let number = -1; number < ROUNDS; number += 1) {
    const round = {
      together: await sendSingly(together, sizes.singlesPerClient),
      alone: await sendSingly(alone, sizes.singlesPerClient),
    };
    if (number >= 0) rounds.push(round);
  }
  const shown = (['together', 'alone'] as const).flatMap((cell) => {
    const name = cell === 'together' ? 'singles-coalesced' : 'singles-uncoalesced';
    const rates = rounds.map((round) => (1_000 * count) / round[cell].wallMs);
    const costs = rounds.map((round) => (1_000 * round[cell].cpuMs) / count);
    return [
      plain(`${name}-rate`, median(rates), 'events/s'),
      plain(`${name}-cpu`, median(costs), 'us/event'),
    ];
  });
  const ratios = rounds.map((round) => round.alone.wallMs / round.together.wallMs);
  return [
    ...shown,
    ...ratioRows('coalesced-over-uncoalesced', ratios, {
      is: 'at least',
      than: GOAL,
      isJudged: sizes.scale === 1,
    }),
  ];
}

async function sendSingly(log: MeasuredLog, perClient: number): Promise<Cost> {
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => ({
      connection: await HttpConnection.open(log.service),
      requests: newEvents(log, perClient).map((event) =>
        requestOf(log.service, 'POST', '/v1/events', JSON.stringify({ events: [event] })),
      ),
    })),
  );
  await log.db.query('CHECKPOINT');
  const answers: string[] = [];
  const cpuBefore = cpuMsOf(log);
  const started = performance.now();
  await Promise.all(
    clients.map(async ({ connection, requests }) => {
      for (const request of requests) answers.push((await connection.send(request)).body);
    }),
  );
  const wallMs = performance.now() - started;
  const cpuMs = cpuMsOf(log) - cpuBefore;
  for (const { connection } of clients) connection.close();
  const refused = answers.find((body) => !body.includes('"status":"accepted"'));
  if (refused !== undefined) throw new Error(`an event was not accepted: ${refused}`);
  return { wallMs, cpuMs };
}
