const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A list inside a body, found by its brackets. */
export interface SplitList {
  /** Everything around the elements, with the list left empty. */
  envelope: Buffer;
  elements: readonly Buffer[];
}

/**
 * The elements of the list that the object in the body has under a name, cut out by brackets and
 * quotes alone. Nothing inside an element is read, so one that is no JSON stands apart from the
 * others; nothing recurses, however deep one nests.
 *
 * @returns null where the brackets do not tell: the body is no object, has no such list, or is torn.
 */
export function splitList(body: Buffer, name: string): SplitList | null {
  const cursor = new Cursor(body);
  if (!cursor.take(OPEN_OBJECT)) return null;
  do {
    const key = cursor.string();
    if (key === null || !cursor.take(COLON)) return null;
    if (key === JSON.stringify(name) && cursor.take(OPEN_LIST)) return elementsAt(cursor);
    if (cursor.value() === null) return null;
  } while (cursor.take(COMMA));
  return null;
}

function elementsAt(cursor: Cursor): SplitList | null {
  const { body } = cursor;
  const from = cursor.at;
  const elements: Buffer[] = [];
  if (!cursor.take(CLOSE_LIST)) {
    do {
      const element = cursor.value();
      if (element === null) return null;
      elements.push(element);
    } while (cursor.take(COMMA));
    if (!cursor.take(CLOSE_LIST)) return null;
  }
  const envelope = Buffer.concat([body.subarray(0, from), body.subarray(cursor.at - 1)]);
  return { envelope, elements };
}

class Cursor {
  at = 0;

  constructor(readonly body: Buffer) {}

  /** Steps over one character, where it is the next that is no white space. */
  take(wanted: number): boolean {
    this.skipSpace();
    if (this.body[this.at] !== wanted) return false;
    this.at += 1;
    return true;
  }

  /** A string with its quotes, as it is written; null where there is none. */
  string(): string | null {
    this.skipSpace();
    const start = this.at;
    if (this.body[start] !== QUOTE || !this.skipString()) return null;
    return this.body.toString('utf8', start, this.at);
  }

  /** Whatever stands up to the comma or bracket behind it; null where there is nothing or no end. */
  value(): Buffer | null {
    this.skipSpace();
    const start = this.at;
    let depth = 0;
    while (this.at < this.body.length) {
      const byte = this.body[this.at];
      if (byte === QUOTE) {
        if (!this.skipString()) return null;
        continue;
      }
      const closes = byte === CLOSE_LIST || byte === CLOSE_OBJECT;
      if (depth === 0 && (closes || byte === COMMA)) {
        return this.at === start ? null : this.body.subarray(start, this.at);
      }
      if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
      else if (closes) depth -= 1;
      this.at += 1;
    }
    return null;
  }

  private skipSpace(): void {
    while ((this.body[this.at] ?? COMMA) <= 0x20) this.at += 1;
  }

  /** To behind the string that begins here; false where it does not end. */
  private skipString(): boolean {
    for (let end = this.at + 1; end < this.body.length; end += 1) {
      if (this.body[end] === BACKSLASH) end += 1;
      else if (this.body[end] === QUOTE) {
        this.at = end + 1;
        return true;
      }
    }
    return false;
  }
}
