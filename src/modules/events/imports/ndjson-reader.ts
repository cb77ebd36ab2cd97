import { EventFault } from '../../../domain/events/event.js';
import {
  isLineFault,
  LINE_FAULT_DETAILS,
  LINE_MAX_BYTES,
  type LineFault,
} from '../../../domain/events/line-fault.js';
import { FrontDoorError } from '../../../platform/http/problem.js';
import { readJson } from '../../../platform/http/read-json.js';
import type { EventFileReader, FileItem } from './event-file.js';

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * One JSON object a line. Every line is read as the front door reads a body; one that is refused
 * there is an item with that fault, and the next one is read. Empty lines are no items.
 */
export class NdjsonReader implements EventFileReader {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private line = 0;
  private bytesRead = 0;

  feed(piece: Buffer): Promise<FileItem[]> {
    const items: FileItem[] = [];
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      this.keep(piece.subarray(from, at));
      this.finishLine(items, 1);
      from = at + 1;
    }
    this.keep(piece.subarray(from));
    return Promise.resolve(items);
  }

  end(): Promise<FileItem[]> {
    const items: FileItem[] = [];
    if (this.pendingBytes > 0) this.finishLine(items, 0);
    return Promise.resolve(items);
  }

  rest(): FileItem[] {
    return [];
  }

  /** Of a line that is too long, only how long it is. */
  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.pendingBytes += part.length;
    if (this.pendingBytes <= LINE_MAX_BYTES) this.pending.push(part);
    else this.pending = [];
  }

  private finishLine(items: FileItem[], newlineBytes: number): void {
    this.line += 1;
    this.bytesRead += this.pendingBytes + newlineBytes;
    const { line, bytesRead } = this;
    if (this.pendingBytes > LINE_MAX_BYTES) {
      items.push({ value: faultOf('line-too-long'), line, bytesRead });
    } else {
      const [first] = this.pending;
      const whole =
        first !== undefined && this.pending.length === 1 ? first : Buffer.concat(this.pending);
      const text = line === 1 ? withoutMark(whole) : whole;
      if (!isBlank(text)) items.push({ value: valueOf(text), line, bytesRead });
    }
    this.pending = [];
    this.pendingBytes = 0;
  }
}

function valueOf(line: Buffer): unknown {
  try {
    return readJson(line);
  } catch (error) {
    if (error instanceof FrontDoorError && isLineFault(error.code)) return faultOf(error.code);
    throw error;
  }
}

function faultOf(code: LineFault): EventFault {
  return new EventFault(code, LINE_FAULT_DETAILS[code]);
}

/** Some editors put one before the first line. */
function withoutMark(line: Buffer): Buffer {
  return line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? line.subarray(3) : line;
}

/** Nothing but white space of JSON, such as what is left of a line that ends in CR LF. */
function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
