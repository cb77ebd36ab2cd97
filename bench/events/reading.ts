import { oneRow } from '../support/embedded-database.js';
import { HttpConnection, requestOf } from '../support/http-connection.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { EXPERIMENT_KEY } from './experiment.js';
import { cpuMsOf, type MeasuredLog } from './measured-log.js';
import { ROUNDS, type Sizes } from './sizes.js';

/** What it costs to read a result, in a large log and in a small one. */

const GOAL = 1.2;
const WARM_UP = 50;
/** A tick of /proc is 10 ms: a cell is long enough that it does not matter. */
const CELL_CPU_MS = 1_500;
const COUNTED_READS = 500;
/** An idle session tells what it has read after ten seconds. */
const TOLD_AFTER_MS = 11_000;

export async function measureReading(
  large: MeasuredLog,
  small: MeasuredLog,
  sizes: Sizes,
): Promise<Measure[]> {
  const readers = [await Reader.open(large), await Reader.open(small)] as const;
  try {
    const [warm] = await cell(readers, WARM_UP);
    const reads = Math.max(WARM_UP, Math.ceil(CELL_CPU_MS / (warm ?? CELL_CPU_MS)));
    const rounds: number[][] = [];
    while (rounds.length < ROUNDS) rounds.push(await cell(readers, reads));
    const inLarge = await readers[0].pagesPerRead();
    const inSmall = await readers[1].pagesPerRead();
    const of = (which: number): number[] => rounds.map((costs) => costs[which] ?? NaN);
    const isJudged = sizes.scale === 1;
    return [
      plain(`reading-at-${sizes.large}`, median(of(0)), 'ms CPU'),
      plain(`reading-at-${sizes.small}`, median(of(1)), 'ms CPU'),
      ...ratioRows(
        'reading-large-over-small',
        of(0).map((cost, round) => cost / (of(1)[round] ?? NaN)),
        { is: 'at most', than: GOAL, isJudged },
      ),
      plain(`reading-toast-buffers-at-${sizes.large}`, inLarge.toast, 'pages'),
      plain(`reading-toast-buffers-at-${sizes.small}`, inSmall.toast, 'pages'),
      plain(`reading-buffers-at-${sizes.small}`, inSmall.tables, 'pages'),
      {
        ...plain(`reading-buffers-at-${sizes.large}`, inLarge.tables, 'pages'),
        goal: 'equal in both',
        holds: isJudged ? inLarge.tables === inSmall.tables : null,
      },
    ];
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** The logs take turns read by read. @returns processor time of a read in each */
async function cell(readers: readonly Reader[], reads: number): Promise<number[]> {
  const before = readers.map(({ log }) => cpuMsOf(log));
  for (let number = 0; number < reads; number += 1) {
    for (const reader of readers) await reader.read();
  }
  return readers.map(({ log }, which) => (cpuMsOf(log) - (before[which] ?? NaN)) / reads);
}

interface Pages {
  /** Of all tables and their indexes, the log's and the accumulators' among them. */
  tables: number;
  /** Of long values, which grow with the digits of the result. */
  toast: number;
}

class Reader {
  private readonly request: Buffer;

  private constructor(
    readonly log: MeasuredLog,
    private readonly connection: HttpConnection,
  ) {
    const path = `/v1/experiments/${EXPERIMENT_KEY}/evaluations/latest`;
    this.request = requestOf(log.service, 'GET', path);
  }

  static async open(log: MeasuredLog): Promise<Reader> {
    return new Reader(log, await HttpConnection.open(log.service));
  }

  async read(): Promise<void> {
    const { status, body } = await this.connection.send(this.request);
    if (status !== 200) throw new Error(`${status} ${body.slice(0, 400)}`);
  }

  /** Pages of shared memory that one read touches, whether they were there or had to be fetched. */
  async pagesPerRead(): Promise<Pages> {
    const before = await this.pages();
    for (let number = 0; number < COUNTED_READS; number += 1) await this.read();
    const after = await this.pages();
    return {
      tables: Math.round((after.tables - before.tables) / COUNTED_READS),
      toast: Math.round((after.toast - before.toast) / COUNTED_READS),
    };
  }

  close(): void {
    this.connection.close();
  }

  /** This statement itself reads the catalogue only. */
  private async pages(): Promise<Pages> {
    await new Promise((told) => setTimeout(told, TOLD_AFTER_MS));
    return await oneRow<Pages>(
      this.log.db,
      `SELECT sum(coalesce(heap_blks_hit, 0) + coalesce(heap_blks_read, 0)
           + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::float8 AS tables,
         sum(coalesce(toast_blks_hit, 0) + coalesce(toast_blks_read, 0)
           + coalesce(tidx_blks_hit, 0) + coalesce(tidx_blks_read, 0))::float8 AS toast
       FROM pg_statio_user_tables`,
    );
  }
}
