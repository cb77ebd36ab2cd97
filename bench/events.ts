import { parseArgs } from 'node:util';
import { measureEvaluation } from './events/evaluation.js';
import { measureIngestion } from './events/ingestion.js';
import { closeLog, fill, type MeasuredLog, openLog } from './events/measured-log.js';
import { measureMemory } from './events/memory.js';
import { measureReading } from './events/reading.js';
import { measureSingles } from './events/singles.js';
import { EVENTS_PER_UNIT, ROUNDS, type Sizes, sizesFor } from './events/sizes.js';
import { settingsOf } from './support/embedded-database.js';
import type { Measure } from './support/measure.js';

/**
 * How fast events come in, what an evaluation of them costs, and what neither may depend on. Each
 * number that is promised is a ratio of two that were measured in turns, so that it means something on
 * any machine; the rates beside it describe this one. Ingestion is by the clock, everything else by the
 * processor time of the service and of all processes of its database.
 *
 * `BENCH_EVENTS_SCALE=0.05 npm run bench -- events` is a smaller trial, which is not judged;
 * `--only ingestion,singles` measures some parts of `evaluation`, `ingestion`, `singles` and `memory`.
 */

const PARTS = ['evaluation', 'ingestion', 'singles', 'memory'] as const;
type Part = (typeof PARTS)[number];

export async function run(): Promise<Measure[]> {
  const parts = chosenParts();
  const sizes = sizesFor(process.env['BENCH_EVENTS_SCALE']);
  const logs = new Logs(sizes);
  try {
    const rows: Measure[] = [];
    if (parts.has('evaluation')) rows.push(...(await evaluation(logs, sizes)));
    if (parts.has('ingestion')) rows.push(...(await ingestion(logs, sizes)));
    await logs.close('large');
    if (parts.has('singles')) rows.push(...(await singles(logs, sizes)));
    if (parts.has('memory')) rows.push(...(await measureMemory(await logs.open('other'), sizes)));
    return rows;
  } finally {
    await logs.closeAll();
  }
}

function chosenParts(): ReadonlySet<Part> {
  const { values } = parseArgs({
    // The first is the benchmark's own name.
    args: process.argv.slice(3),
    options: { only: { type: 'string' } },
  });
  const asked = values.only?.split(',') ?? PARTS;
  const parts = PARTS.filter((part) => asked.includes(part));
  if (parts.length !== asked.length) throw new Error(`--only takes some of ${PARTS.join(', ')}`);
  return new Set(parts);
}

async function evaluation(logs: Logs, sizes: Sizes): Promise<Measure[]> {
  const large = await logs.open('large');
  const small = await logs.open('small');
  await fill(large, sizes.large);
  await fill(small, sizes.small);
  const rows = await measureEvaluation(large, small, sizes);
  rows.push(...(await measureReading(large, small, sizes)));
  await logs.close('small');
  return rows;
}

async function ingestion(logs: Logs, sizes: Sizes): Promise<Measure[]> {
  const large = await logs.open('large');
  await fill(large, sizes.filled);
  return await measureIngestion(large, await logs.open('other'), sizes);
}

async function singles(logs: Logs, sizes: Sizes): Promise<Measure[]> {
  const together = await logs.open('other');
  const alone = await logs.open('alone');
  const rows = await measureSingles(together, alone, sizes);
  await logs.close('alone');
  return rows;
}

type Name = 'large' | 'small' | 'other' | 'alone';

/** The services that are running, each on its own database; opened when first needed. */
class Logs {
  private readonly running = new Map<Name, MeasuredLog>();
  private isToldOf = false;

  constructor(private readonly sizes: Sizes) {}

  async open(name: Name): Promise<MeasuredLog> {
    const known = this.running.get(name);
    if (known !== undefined) return known;
    const log = await openLog(
      Math.round(this.sizes.filled / EVENTS_PER_UNIT),
      name === 'alone' ? { BECAUSAL_COALESCE: '0' } : {},
    );
    this.running.set(name, log);
    if (!this.isToldOf) {
      this.isToldOf = true;
      console.log(`Node ${process.versions.node}; ${await settingsOf(log.db)}; ${ROUNDS} rounds`);
    }
    return log;
  }

  async close(name: Name): Promise<void> {
    const log = this.running.get(name);
    this.running.delete(name);
    if (log !== undefined) await closeLog(log);
  }

  async closeAll(): Promise<void> {
    for (const name of this.running.keys()) await this.close(name);
  }
}
