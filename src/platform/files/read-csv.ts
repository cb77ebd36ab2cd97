import { CsvError, parse } from 'csv-parse/sync';
import { Invalid } from '../../domain/errors.js';

/** Limits of one table; a list of interviews or a survey is far below them. */
export interface CsvLimits {
  rowsMax: number;
  columnsMax: number;
  /** UTF-16 units of one cell. */
  cellMax: number;
}

const CSV_LIMITS: CsvLimits = { rowsMax: 10_000, columnsMax: 200, cellMax: 50_000 };
const DELIMITERS = [',', ';', '\t'] as const;

/** Ends of a line, by whatever system. */
export const LINE_ENDS = ['\r\n', '\n', '\r'];

/**
 * A table as rows of cells, ragged rows and all, empty lines left out. The delimiter is the one of
 * comma, semicolon and tab that the first line has most often outside quotes: spreadsheets of half
 * of Europe write semicolons. Throws `csv-unreadable` with the line; the words are never in it.
 */
export function readCsv(text: string, limits: Partial<CsvLimits> = {}): string[][] {
  const { rowsMax, columnsMax, cellMax } = { ...CSV_LIMITS, ...limits };
  let rows = 0;
  try {
    return parse(text, {
      bom: true,
      delimiter: sniffDelimiter(text),
      record_delimiter: LINE_ENDS,
      relax_column_count: true,
      skip_empty_lines: true,
      // Bounds what one forgotten quote can gather; each cell is then measured by itself.
      max_record_size: columnsMax * cellMax,
      on_record: (record: string[], { lines }) => {
        rows += 1;
        if (rows > rowsMax) throw unreadable(lines, `more than ${rowsMax} rows`);
        if (record.length > columnsMax) throw unreadable(lines, `more than ${columnsMax} columns`);
        if (record.some((cell) => cell.length > cellMax)) {
          throw unreadable(lines, `a cell of more than ${cellMax} characters`);
        }
        return record;
      },
    });
  } catch (error) {
    if (error instanceof CsvError) {
      const line = Number(error['lines'] ?? 1);
      const isLong = error.code === 'CSV_MAX_RECORD_SIZE';
      throw unreadable(
        Number.isFinite(line) ? line : 1,
        isLong ? 'a row that is too long' : 'the quotes do not fit together',
      );
    }
    throw error;
  }
}

/** Of the first line of a table: comma, semicolon or tab, whichever it has most often outside quotes. */
export function sniffDelimiter(text: string): string {
  const counts = new Map<string, number>(DELIMITERS.map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '\n' || character === '\r') break;
    else if (counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const [first] = DELIMITERS.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  return first ?? ',';
}

function unreadable(line: number, fault: string): Invalid {
  return new Invalid('csv-unreadable', `Line ${line}: ${fault}.`, [
    { pointer: `/lines/${line}`, code: 'csv' },
  ]);
}
