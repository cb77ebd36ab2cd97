// `npm run import:events -- FILE [--url URL] [--key KEY] [--format csv|ndjson] [--name NAME]`: sends a
// file of events, gzipped or not, to a running service, shows how far it is, and what was refused.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApi } from './lib/api.mjs';
import { givenService } from './lib/given-service.mjs';
import { createProgressBar } from './lib/progress-bar.mjs';
import { formatOf, sendEvents, TYPES } from './lib/send-events.mjs';

const POLL_MS = 500;
const LETTERS_SHOWN = 10;

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    format: { type: 'string' },
    name: { type: 'string' },
  },
});
const [file] = positionals;
const format = given.format ?? (file === undefined ? undefined : formatOf(file));
const { url, key } = givenService(given);
if (file === undefined || TYPES[format] === undefined || key === undefined) {
  console.error(
    'npm run import:events -- FILE [--url URL] [--key KEY] [--format csv|ndjson] [--name NAME]\n' +
      'FILE ends in .csv, .ndjson or .jsonl, with or without .gz, or --format says what it is.\n' +
      'Without --key, it is the one in BECAUSAL_ADMIN_KEY or in the data directory.',
  );
  process.exit(2);
}
if (!existsSync(file)) {
  console.error(`There is no file ${file}.`);
  process.exit(2);
}
const name = given.name ?? basename(file);

try {
  process.exitCode = await run(createApi({ url, key }));
} catch (error) {
  console.error(`The file broke off: ${error.message || error.code}.`);
  console.error('What had arrived is stored. Send the same file again: nothing counts twice.');
  process.exitCode = 1;
}

/** @returns {Promise<number>} the exit code */
async function run(api) {
  const newest = async () => (await listed(api))?.[0];
  const before = (await newest())?.id ?? '';
  const bar = createProgressBar();
  const upload = sendEvents({ url, key }, { file, type: TYPES[format], name });
  let isOver = false;
  const answered = upload.answer.finally(() => (isOver = true));
  answered.catch(() => undefined);
  while (!isOver) {
    await Promise.race([sleep(POLL_MS), answered.catch(() => undefined)]);
    const found = isOver ? undefined : await newest();
    if (found !== undefined && found.id > before) bar.show(progressOf(found, upload.sentPercent()));
  }
  const { status, body } = await answered.finally(() => bar.end());
  if (status !== 200) {
    console.error(`The service refused the file: HTTP ${status} ${body.code ?? ''}`);
    console.error(
      [
        body.detail,
        ...(body.errors ?? []).map(({ pointer, code }) => `  ${pointer}: ${code}`),
      ].join('\n'),
    );
    return 1;
  }
  bar.show(progressOf(body.import, 100));
  bar.end();
  await summary(api, body.import);
  return body.import.status === 'done' ? 0 : 1;
}

/** Imports of this name, newest first; undefined where the key may write events and nothing else. */
async function listed(api) {
  const { status, body } = await api.send(
    'GET',
    `/v1/imports?limit=1&name=${encodeURIComponent(name)}`,
  );
  return status === 200 ? body.data : undefined;
}

function progressOf({ percent, eventsPerSecond, accepted, duplicates, rejected }, sentPercent) {
  const counts = `${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected`;
  return { percent: percent ?? sentPercent, text: `${eventsPerSecond} events/s  ${counts}` };
}

async function summary(api, ended) {
  const { id, accepted, duplicates, rejected, startedAt, endedAt, eventsPerSecond, status } = ended;
  const seconds = (new Date(endedAt).getTime() - new Date(startedAt).getTime()) / 1000;
  console.log(`${ended.name}: ${status} in ${seconds.toFixed(1)} s, ${eventsPerSecond} events/s`);
  console.log(`  ${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected`);
  console.log(`  import ${id}; POST /v1/imports/${id}/reverse undoes it`);
  if (rejected === 0) return;
  const letters = await api.send('GET', `/v1/dead-letters?importId=${id}&limit=${LETTERS_SHOWN}`);
  if (letters.status !== 200) return;
  for (const { line, eventId, code, detail } of letters.body.data) {
    console.log(
      `  line ${line ?? '?'}${eventId === undefined ? '' : ` (${eventId})`}: ${code}. ${detail}`,
    );
  }
  if (letters.body.nextCursor !== undefined) {
    console.log(`  and more: GET /v1/dead-letters?importId=${id}`);
  }
}
