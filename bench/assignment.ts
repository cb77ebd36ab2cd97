import { parseArgs } from 'node:util';
import { measureEvaluators } from './assignment/evaluators.js';
import { measureServing } from './assignment/serving.js';
import type { Measure } from './support/measure.js';

/**
 * What an assignment costs: over HTTP against Fastify alone (perf-G1 one flag, perf-G2 fifty), and in
 * the process against the evaluators of GrowthBook and flagd (perf-G3). Each number that is promised is
 * a ratio of processor times that were taken in turns; the rates beside it describe this machine.
 *
 * `BENCH_ASSIGNMENT_SCALE=0.1 npm run bench -- assignment` is a smaller trial, which is not judged;
 * `--only serving` measures one part of `evaluators` and `serving`.
 */

const PARTS = ['evaluators', 'serving'] as const;

export async function run(): Promise<Measure[]> {
  const { values } = parseArgs({
    // The first is the benchmark's own name.
    args: process.argv.slice(3),
    options: { only: { type: 'string' } },
  });
  const { only } = values;
  if (only !== undefined && !PARTS.some((part) => part === only)) {
    throw new Error(`--only takes one of ${PARTS.join(', ')}`);
  }
  const scale = Number(process.env['BENCH_ASSIGNMENT_SCALE'] ?? 1);
  if (!(scale > 0 && scale <= 1)) throw new Error('BENCH_ASSIGNMENT_SCALE is above 0, at most 1');
  console.log(`Node ${process.versions.node}`);
  const rows: Measure[] = [];
  if (only !== 'serving') rows.push(...measureEvaluators(scale));
  if (only !== 'evaluators') rows.push(...(await measureServing(scale)));
  return rows;
}
