import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Invalid } from '../../../domain/errors.js';
import { FrontDoorError, problemOf } from '../../../platform/http/problem.js';
import type { StreamedBody } from '../../../platform/http/streamed-body.js';
import { Logger } from '../../../platform/logging/logger.js';
import type { Principal } from '../../../platform/security/principal.js';
import { EventIntake } from '../event-intake.writer.js';
import { batchesOf, type ImportBatch, ReadingEnd } from './batches.js';
import { CsvReader } from './csv-reader.js';
import type { EventImportDto, ImportedEventDto } from './dto/event-import.dto.js';
import { FORMAT_OF_TYPE } from './event-file.js';
import { ImportRows, type RunningImport } from './import-rows.js';
import { NdjsonReader } from './ndjson-reader.js';

/** Each keeps a connection to the database busy; the others are for everybody else. */
const IMPORTS_AT_ONCE_MAX = 4;
/** Far below the time after which a running import counts as lost. */
const TOUCH_MS = 10_000;

type Told = (ended: EventImportDto) => void;

/** Reads files of events while they arrive and stores them batch by batch. */
@Injectable()
export class EventImports implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running = 0;

  constructor(
    private readonly intake: EventIntake,
    private readonly rows: ImportRows,
    private readonly logger: Logger,
  ) {}

  /** Files that are still arriving are ended in order: what was read is stored, and they say so. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /**
   * Stores the events of a file. Yields the verdicts of each batch once it is committed, in the order
   * of the file. While one batch is stored the next is read, and no more: a
   * caller that does not go on, or a slow database, holds the sender back.
   * @param told Gets the import when it has ended, whether the file was read to its end or not.
   * @throws Invalid `empty-file`, or what the header line has wrong, before anything is stored
   * @throws FrontDoorError 429 `too-many-imports`; and as `StreamedBody` does
   */
  async *run(
    caller: Principal,
    body: StreamedBody,
    name: string | null,
    told: Told,
  ): AsyncGenerator<ImportedEventDto[], void> {
    if (this.running >= IMPORTS_AT_ONCE_MAX) {
      throw new FrontDoorError(
        429,
        'too-many-imports',
        `${IMPORTS_AT_ONCE_MAX} files are being read: send this one when one of them is done.`,
      );
    }
    this.running += 1;
    try {
      yield* this.stored(caller, body, name, told);
    } finally {
      this.running -= 1;
    }
  }

  private async *stored(
    caller: Principal,
    body: StreamedBody,
    name: string | null,
    told: Told,
  ): AsyncGenerator<ImportedEventDto[], void> {
    const format = FORMAT_OF_TYPE[body.type];
    if (format === undefined) throw new Error(`no reader for ${body.type}`);
    let run: RunningImport | null = null;
    let heartbeat: NodeJS.Timeout | undefined;
    let inFlight: Promise<ImportedEventDto[]> | null = null;
    let fault: unknown = new FrontDoorError(400, 'interrupted', 'Nobody takes the answer.');
    let ended = false;
    try {
      const onFirst = async (): Promise<void> => {
        const bytesTotal = body.contentLength;
        run = await this.rows.begin(caller, { name, format, bytesTotal });
        heartbeat = this.keepAlive(run);
      };
      const reader = format === 'csv' ? new CsvReader() : new NdjsonReader();
      const { signal } = this.stopping;
      let end: ReadingEnd | null = null;
      for await (const batch of batchesOf(body, reader, { onFirst, signal })) {
        if (batch instanceof ReadingEnd) {
          end = batch;
          continue;
        }
        if (inFlight !== null) yield await inFlight;
        inFlight = this.store(required(run), batch);
        // Looked at when the next batch has been read; until then it is nobody's.
        inFlight.catch(() => undefined);
      }
      if (inFlight !== null) {
        const last = await inFlight;
        if (end === null) {
          told(await this.rows.end(required(run), null));
          ended = true;
        }
        yield last;
      }
      if (end !== null) throw end.fault;
      if (inFlight === null) throw new Invalid('empty-file', 'There is no event in the file.');
    } catch (error) {
      fault = error;
      throw error;
    } finally {
      clearInterval(heartbeat);
      if (run !== null && !ended) {
        await (inFlight as Promise<unknown> | null)?.catch(() => undefined);
        await this.fail(run, fault, told);
      }
    }
  }

  private async store(run: RunningImport, batch: ImportBatch): Promise<ImportedEventDto[]> {
    const { lines, bytesRead } = batch;
    const results = await this.intake.store(run.projectId, batch.items, {
      source: 'server',
      import: { number: run.number, id: run.id, lines },
      alongside: async (manager, counts) => {
        await this.rows.advance(manager, run, counts, bytesRead);
      },
    });
    return results.map((result, index) => ({ ...result, line: lines[index] ?? 0 }));
  }

  private keepAlive(run: RunningImport): NodeJS.Timeout {
    return setInterval(() => {
      // A database that is away ends the import elsewhere.
      this.rows.touch(run).catch(() => undefined);
    }, TOUCH_MS).unref();
  }

  private async fail(run: RunningImport, error: unknown, told: Told): Promise<void> {
    const { code } = problemOf(error, run.id);
    const isGone = code === 'request-timeout' || this.stopping.signal.aborted;
    try {
      told(await this.rows.end(run, isGone ? 'interrupted' : code));
    } catch (unended) {
      // It is shown as interrupted as soon as its lease is over.
      this.logger.concern('an import could not be ended', {
        importId: run.id,
        error: `${unended}`,
      });
    }
  }
}

function required(run: RunningImport | null): RunningImport {
  if (run === null) throw new Error('there is no import of this batch');
  return run;
}
