import type { Client } from 'pg';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import { oneRow } from '../support/embedded-database.js';
import { HttpConnection, requestOf } from '../support/http-connection.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { Agreement } from './agreement.js';
import { bestSums } from './best-statement.sql.js';
import { EXPERIMENT_KEY } from './experiment.js';
import { countsOf, cpuMsOf, type MeasuredLog } from './measured-log.js';
import { addNews } from './seed.js';
import { ROUNDS, type Sizes } from './sizes.js';

/**
 * What an evaluation costs that finds little new, against one that begins at nothing, and against the
 * best single statement; in a large log and in a small one, by the processor time of service and
 * database together.
 */

const AGREEMENT = 1e-9;
/** What has to be cleared up after a round, which nobody does by himself meanwhile. */
const TIDY = `VACUUM event, event_id, evaluation_state, evaluation_unit, evaluation_occurrence,
  evaluation_excess, evaluation_moment`;

interface Round {
  few: number;
  fewInSmall: number;
  hundredth: number;
  rebuild: number;
  statement: number;
}

export async function measureEvaluation(
  large: MeasuredLog,
  small: MeasuredLog,
  sizes: Sizes,
): Promise<Measure[]> {
  for (const log of [large, small]) {
    const { rows, checksum } = await countsOf(log);
    console.log(`evaluation: ${rows} events of ${log.units} units, checksum of ids ${checksum}`);
    await evaluate(log);
    await addNews(log, sizes.few);
    await evaluate(log);
  }
  const rounds: Round[] = [];
  let compared = await rebuildAndCompare(large);
  for (let number = 0; number < ROUNDS; number += 1) {
    const fewInSmall = await refresh(small, sizes.few);
    const few = await refresh(large, sizes.few);
    const hundredth = await refresh(large, sizes.hundredth);
    compared = await rebuildAndCompare(large);
    const { rebuild, statement } = compared;
    rounds.push({ few, fewInSmall, hundredth, rebuild, statement });
  }
  console.log(
    `evaluation: ${compared.numbers} numbers of the service and of the statement differ by at most ` +
      `${compared.worst} of their spread, checksum ${compared.checksum}`,
  );
  return report(rounds, compared.worst, sizes);
}

/** @returns the processor time of the evaluation that takes the new events in */
async function refresh(log: MeasuredLog, news: number): Promise<number> {
  await addNews(log, news);
  await log.db.query(TIDY);
  await log.db.query('CHECKPOINT');
  return await evaluate(log);
}

async function rebuildAndCompare(log: MeasuredLog): Promise<{
  rebuild: number;
  statement: number;
  worst: number;
  numbers: number;
  checksum: string;
}> {
  await forget(log);
  await log.db.query('CHECKPOINT');
  const rebuild = await evaluate(log);
  const { moments, asOf } = await latest(log.db);
  const before = cpuMsOf(log);
  const groups = await bestSums(log.db, log.space.number, log.experiment, asOf);
  const statement = cpuMsOf(log) - before;
  const agreed = new Agreement(groups, moments).result();
  if (!(agreed.worst <= AGREEMENT)) {
    throw new Error(`the service and the one statement differ by ${agreed.worst}`);
  }
  return { rebuild, statement, ...agreed };
}

/** Without its accumulators the next evaluation begins at the log, as after a crash. */
async function forget({ db }: MeasuredLog): Promise<void> {
  await db.query(
    `TRUNCATE evaluation_state, evaluation_unit, evaluation_occurrence, evaluation_excess,
       evaluation_moment`,
  );
}

/** Processor time of one evaluation, by the clients' own route. */
async function evaluate(log: MeasuredLog): Promise<number> {
  const path = `/v1/experiments/${EXPERIMENT_KEY}/evaluations`;
  const request = requestOf(log.service, 'POST', path);
  const connection = await HttpConnection.open(log.service);
  const before = cpuMsOf(log);
  const answer = await connection.send(request);
  const cpuMs = cpuMsOf(log) - before;
  connection.close();
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body.slice(0, 400)}`);
  return cpuMs;
}

async function latest(db: Client): Promise<{ moments: PlanMoments; asOf: string }> {
  return await oneRow(
    db,
    `SELECT evaluation.moments, evaluation.as_of::text AS "asOf" FROM evaluation
     ORDER BY evaluation.as_of DESC LIMIT 1`,
  );
}

function report(rounds: readonly Round[], worst: number, sizes: Sizes): Measure[] {
  const isJudged = sizes.scale === 1;
  const shown = (cell: keyof Round, id: string): Measure =>
    plain(id, median(rounds.map((round) => round[cell])), 'ms CPU');
  const ratio = (id: string, cell: keyof Round, to: keyof Round, than: number): Measure[] =>
    ratioRows(
      id,
      rounds.map((round) => round[cell] / round[to]),
      { is: 'at most', than, isJudged },
    );
  return [
    shown('few', `refresh-${sizes.few}-at-${sizes.large}`),
    shown('fewInSmall', `refresh-${sizes.few}-at-${sizes.small}`),
    shown('hundredth', `refresh-${sizes.hundredth}-at-${sizes.large}`),
    shown('rebuild', `rebuild-at-${sizes.large}`),
    shown('statement', `best-statement-at-${sizes.large}`),
    {
      ...plain('largest-difference-of-moments', worst, 'of the spread'),
      goal: `within ${AGREEMENT}`,
      holds: worst <= AGREEMENT,
    },
    ...ratio('refresh-large-over-small', 'few', 'fewInSmall', 1.5),
    ...ratio('refresh-over-rebuild', 'few', 'rebuild', 0.06),
    ...ratio('refresh-of-a-hundredth-over-rebuild', 'hundredth', 'rebuild', 0.15),
    ...ratio('rebuild-over-best-statement', 'rebuild', 'statement', 1.2),
  ];
}
