import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { problemOf } from '../../../platform/http/problem.js';
import type {
  EventImportAnswerDto,
  EventImportDto,
  ImportedEventDto,
} from './dto/event-import.dto.js';

/** Begins to read a file, and is told of the import, however it ended. */
type Start = (told: (ended: EventImportDto) => void) => AsyncGenerator<ImportedEventDto[], void>;

/** More verdicts are read from the list of dead letters, or as they come. */
export const IMPORT_RESULTS_MAX = 5_000;
/** A client that neither sends nor takes anything for so long is stuck, and would be for ever. */
const STALLED_MS = 60_000;

export const NDJSON = 'application/x-ndjson';

/** The import as it ended, with the verdicts where they are few. */
export async function wholeAnswer(start: Start): Promise<EventImportAnswerDto> {
  let ended: EventImportDto | undefined;
  let results: ImportedEventDto[] | null = [];
  for await (const batch of start((told) => (ended = told))) {
    if (results !== null && results.length + batch.length > IMPORT_RESULTS_MAX) results = null;
    results?.push(...batch);
  }
  if (ended === undefined) throw new Error('an import has not ended');
  return { import: ended, ...(results === null ? {} : { results }) };
}

/**
 * The verdicts as they come, a line each, and the import last. A problem before the first verdict is
 * an ordinary problem; after it, the problem stands in the last line, beside the import.
 */
export async function streamedAnswer(start: Start, reply: FastifyReply): Promise<StreamableFile> {
  let ended: EventImportDto | undefined;
  const run = start((told) => (ended = told));
  const first = await run.next();
  reply.raw.setTimeout(STALLED_MS);
  async function* lines(): AsyncGenerator<string, void> {
    try {
      for (let next = first; next.done !== true; next = await run.next()) {
        yield next.value.map((result) => `${JSON.stringify(result)}\n`).join('');
      }
      yield `${JSON.stringify({ import: ended })}\n`;
    } catch (error) {
      const problem = problemOf(error, String(reply.request.id));
      yield `${JSON.stringify({ import: ended, problem })}\n`;
    } finally {
      // When the client has gone: the import is ended, not forgotten.
      await run.return();
    }
  }
  return new StreamableFile(Readable.from(lines(), { objectMode: false }), { type: NDJSON });
}
