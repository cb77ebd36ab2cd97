import { memoryOf } from '../support/embedded-service.js';
import { type Measure, median, plain } from '../support/measure.js';
import { importFile, linesOf } from './import-file.js';
import { countsOf, empty, type MeasuredLog } from './measured-log.js';
import { BATCH, type Sizes } from './sizes.js';
import { newEvents } from './traffic.js';

/** What the service holds while a large file of events streams through it. */

const MEMORY_MAX_MIB = 512;
/** The last quarter may need so many times what the first one did. */
const TREND_MAX = 1.25;
const SAMPLE_MS = 100;

export async function measureMemory(log: MeasuredLog, sizes: Sizes): Promise<Measure[]> {
  await empty(log);
  const before = resident(log);
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(resident(log)), SAMPLE_MS);
  const started = performance.now();
  try {
    await importFile(log, pieces(log, sizes.imported), sizes.imported);
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - started) / 1_000;
  const { rows, checksum } = await countsOf(log);
  console.log(`memory: ${rows} events came in by one import, checksum of ids ${checksum}`);
  if (rows !== sizes.imported) throw new Error(`${rows} of ${sizes.imported} events were stored`);
  const isJudged = sizes.scale === 1;
  const quarter = Math.floor(samples.length / 4);
  const first = samples.slice(0, quarter);
  const last = samples.slice(-quarter);
  const most = Math.max(...samples);
  const trend = median(last) / median(first);
  return [
    plain('import-rate', sizes.imported / seconds, 'events/s'),
    plain('memory-before-import', before, 'MiB'),
    plain('memory-first-quarter', median(first), 'MiB'),
    plain('memory-first-quarter-max', Math.max(...first), 'MiB'),
    plain('memory-last-quarter', median(last), 'MiB'),
    plain('memory-last-quarter-max', Math.max(...last), 'MiB'),
    {
      ...plain('memory-max', most, 'MiB'),
      goal: `at most ${MEMORY_MAX_MIB}`,
      holds: isJudged ? most <= MEMORY_MAX_MIB : null,
    },
    {
      ...plain('memory-last-over-first-quarter', trend, 'times'),
      goal: `no trend: at most ${TREND_MAX}`,
      holds: isJudged ? trend <= TREND_MAX : null,
    },
  ];
}

function resident({ service }: MeasuredLog): number {
  const mib = memoryOf(service);
  if (mib === null) throw new Error('memory is read from /proc, which is missing here');
  return mib;
}

/** Made while they are sent: the file is larger than what anybody would hold. */
function* pieces(log: MeasuredLog, count: number): Generator<Buffer> {
  for (let made = 0; made < count; made += BATCH) yield linesOf(newEvents(log, BATCH));
}
