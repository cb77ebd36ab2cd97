import type { Client } from 'pg';
import { connectTo, oneRow } from '../support/embedded-database.js';
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
    const pages = [await readers[0].pagesPerRead(), await readers[1].pagesPerRead()] as const;
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
      plain(`reading-buffers-at-${sizes.small}`, pages[1], 'pages'),
      {
        ...plain(`reading-buffers-at-${sizes.large}`, pages[0], 'pages'),
        goal: 'equal in both',
        holds: isJudged ? pages[0] === pages[1] : null,
      },
    ];
  } finally {
    for (const reader of readers) await reader.close();
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

class Reader {
  private readonly request: Buffer;

  private constructor(
    readonly log: MeasuredLog,
    private readonly connection: HttpConnection,
    /** In another database, so that it does not count itself. */
    private readonly beside: Client,
  ) {
    const path = `/v1/experiments/${EXPERIMENT_KEY}/evaluations/latest`;
    this.request = requestOf(log.service, 'GET', path);
  }

  static async open(log: MeasuredLog): Promise<Reader> {
    const connection = await HttpConnection.open(log.service);
    return new Reader(log, connection, await connectTo(log.dataDir, 'template1'));
  }

  async read(): Promise<void> {
    const { status, body } = await this.connection.send(this.request);
    if (status !== 200) throw new Error(`${status} ${body.slice(0, 400)}`);
  }

  /** Pages of shared memory that one read touches, whether they were there or had to be fetched. */
  async pagesPerRead(): Promise<number> {
    const before = await this.pages();
    for (let number = 0; number < COUNTED_READS; number += 1) await this.read();
    return Math.round(((await this.pages()) - before) / COUNTED_READS);
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.beside.end();
  }

  private async pages(): Promise<number> {
    await new Promise((told) => setTimeout(told, TOLD_AFTER_MS));
    const { pages } = await oneRow<{ pages: string }>(
      this.beside,
      `SELECT blks_hit + blks_read AS pages FROM pg_stat_database WHERE datname = 'postgres'`,
    );
    return Number(pages);
  }
}
