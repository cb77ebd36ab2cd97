import type { StreamedBody } from '../../../platform/http/streamed-body.js';
import type { EventFileReader, FileItem } from './event-file.js';

/** One transaction. Larger ones are hardly faster and hold their locks for longer. */
export const IMPORT_BATCH_MAX = 5_000;
/** Lines may be long: two batches are in memory at a time, one being read and one being stored. */
const BATCH_BYTES_MAX = 8 * 1024 * 1024;

export interface ImportBatch {
  items: unknown[];
  lines: number[];
  /** Bytes of the file up to the end of the batch. */
  bytesRead: number;
}

/** Why the rest of a file is not read; what stood before it is. */
export class ReadingEnd {
  constructor(readonly fault: unknown) {}
}

/**
 * The events of a file, as they arrive, in batches and in order. Where it cannot be read any
 * further, the end says why, after all that stood before it.
 * @param onFirst Called when there is an event at all, before the first batch is full.
 */
export async function* batchesOf(
  body: StreamedBody,
  reader: EventFileReader,
  { onFirst, signal }: { onFirst: () => Promise<void>; signal: AbortSignal },
): AsyncGenerator<ImportBatch | ReadingEnd, void> {
  let batch: ImportBatch = { items: [], lines: [], bytesRead: 0 };
  let isFirst = true;
  let before = 0;
  for await (const items of itemsOf(body, reader, signal)) {
    if (isFirst && items.length > 0) {
      isFirst = false;
      await onFirst();
    }
    for (const { value, line, bytesRead } of items) {
      batch.items.push(value);
      batch.lines.push(line);
      batch.bytesRead = bytesRead;
      if (batch.items.length < IMPORT_BATCH_MAX && bytesRead - before < BATCH_BYTES_MAX) continue;
      before = bytesRead;
      yield batch;
      batch = { items: [], lines: [], bytesRead };
    }
    if (items.fault !== undefined) {
      if (batch.items.length > 0) yield batch;
      yield new ReadingEnd(items.fault);
      return;
    }
  }
  if (batch.items.length > 0) yield batch;
}

type Items = FileItem[] & { fault?: unknown };

/** What could be read comes before what could not. */
async function* itemsOf(
  body: StreamedBody,
  reader: EventFileReader,
  signal: AbortSignal,
): AsyncGenerator<Items, void> {
  try {
    for await (const piece of body.chunks(signal)) yield await reader.feed(piece);
    yield await reader.end();
  } catch (fault) {
    yield Object.assign(reader.rest(), { fault });
  }
}
