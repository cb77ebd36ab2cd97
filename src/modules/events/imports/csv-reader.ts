import { CsvError, parse, type InfoRecord, type Parser } from 'csv-parse';
import { EventFault } from '../../../domain/events/event.js';
import { type CsvColumn, csvColumns, eventOfCells } from '../../../domain/events/csv-event.js';
import { LINE_FAULT_DETAILS, LINE_MAX_BYTES } from '../../../domain/events/line-fault.js';
import { Invalid } from '../../../domain/errors.js';
import { LINE_ENDS, sniffDelimiter } from '../../../platform/files/read-csv.js';
import type { EventFileReader, FileItem } from './event-file.js';

/**
 * A header line, then a row for each event; separated by comma, semicolon or tab, as the header line
 * is. A quote in the middle of a cell is a letter like others; a row with more or fewer cells than
 * the header line is an item with that fault. Only a cell whose quote never closes ends the reading:
 * nobody can tell what stands behind it.
 */
export class CsvReader implements EventFileReader {
  /** What came before the first line was complete, which says what separates cells. */
  private head: Buffer | null = Buffer.alloc(0);
  private parser: Parser | null = null;
  private columns: readonly CsvColumn[] | null = null;
  private fault: unknown = null;
  private items: FileItem[] = [];
  /** Of the rows so far; empty lines between them come on top. */
  private lines = 0;

  async feed(piece: Buffer): Promise<FileItem[]> {
    if (this.head === null) return await this.write(piece);
    this.head = Buffer.concat([this.head, piece]);
    const hasFirstLine = this.head.includes('\n') || this.head.includes('\r');
    if (!hasFirstLine && this.head.length <= LINE_MAX_BYTES) return [];
    return await this.begin();
  }

  async end(): Promise<FileItem[]> {
    if (this.head !== null) await this.begin();
    await this.told((done) => this.opened().end(done));
    return this.rest();
  }

  rest(): FileItem[] {
    const { items } = this;
    this.items = [];
    return items;
  }

  private async begin(): Promise<FileItem[]> {
    const head = this.head ?? Buffer.alloc(0);
    this.head = null;
    this.parser = parse({
      bom: true,
      delimiter: sniffDelimiter(head.toString('utf8', 0, LINE_MAX_BYTES)),
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: LINE_MAX_BYTES,
      // Rows are taken here and none is passed on, so that the parser never waits for a reader.
      on_record: (cells: string[], at) => {
        this.take(cells, at);
        return null;
      },
    });
    // Each write is told of its own error.
    this.parser.on('error', () => undefined);
    return await this.write(head);
  }

  private async write(piece: Buffer): Promise<FileItem[]> {
    await this.told((done) => this.opened().write(piece, done));
    return this.rest();
  }

  private opened(): Parser {
    if (this.parser === null) throw new Error('the reading has not begun');
    return this.parser;
  }

  private take(cells: string[], { bytes, empty_lines: blank }: InfoRecord): void {
    if (this.fault !== null) return;
    // The parser takes CR LF inside a cell for two lines.
    this.lines += 1 + cells.reduce((sum, cell) => sum + lineEnds(cell), 0);
    if (this.columns === null) {
      // Throwing here would wrap it: it is thrown when the piece has been read.
      try {
        this.columns = csvColumns(cells);
      } catch (error) {
        this.fault = error;
      }
      return;
    }
    const value = eventOfCells(this.columns, cells);
    this.items.push({
      value: typeof value === 'string' ? new EventFault(value, LINE_FAULT_DETAILS[value]) : value,
      line: this.lines + blank,
      bytesRead: bytes,
    });
  }

  /** @throws Invalid by the header line, or `csv-unreadable` with the line */
  private async told(work: (done: (error?: Error | null) => void) => void): Promise<void> {
    try {
      await new Promise<void>((done, fail) => work((error) => (error ? fail(error) : done())));
    } catch (error) {
      throw this.fault ?? unreadable(error);
    }
    if (this.fault !== null) throw this.fault;
  }
}

function lineEnds(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function unreadable(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = Number(error['lines'] ?? 1);
  return new Invalid(
    'csv-unreadable',
    `Line ${line}: a quote that never closes, or a row of more than ${LINE_MAX_BYTES} bytes. ` +
      'What stands before it was stored.',
    [{ pointer: `/lines/${line}`, code: 'csv' }],
  );
}
