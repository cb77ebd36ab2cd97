import { isUtf8 } from 'node:buffer';
import { representable } from '../../domain/text/json-number.js';
import { isHarmless } from './harmless-json.js';
import { FrontDoorError } from './problem.js';

/** Nesting beyond this has no use here and breaks recursive readers. */
export const JSON_DEPTH_MAX = 32;
/** Members of one object: free-form properties need tens. */
export const JSON_MEMBERS_MAX = 200;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a request body as JSON and refuses what `JSON.parse` lets through or breaks on: bad UTF-8,
 * a byte order mark, deep nesting (before parsing), duplicate and prototype keys, numbers that
 * cannot be represented, NUL and ill-formed UTF-16 in any string.
 * @throws FrontDoorError with the code of the first fault
 */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) throw new FrontDoorError(400, 'malformed-json', 'The body is empty.');
  checkDepth(body);
  if (!isUtf8(body)) throw new FrontDoorError(400, 'invalid-encoding', 'The body is not UTF-8.');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrontDoorError(400, 'malformed-json', 'The body is not JSON.');
  }
  if (!isHarmless(text, value, JSON_MEMBERS_MAX)) new Scanner(text).run();
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Over bytes, before anything recursive sees the body. */
function checkDepth(body: Buffer): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) {
        throw new FrontDoorError(400, 'json-too-deep', `At most ${JSON_DEPTH_MAX} levels.`);
      }
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}

/** Walks JSON that is known to be well formed, once, token by token. */
class Scanner {
  private at = 0;
  private readonly objects: (Set<string> | null)[] = [];
  private readonly escapes: boolean;

  constructor(private readonly text: string) {
    this.escapes = text.includes('\\u');
  }

  run(): void {
    const { text } = this;
    while (this.at < text.length) {
      const char = text.charCodeAt(this.at);
      if (char === QUOTE) this.string();
      else if (char === 0x7b) this.open(new Set());
      else if (char === 0x5b) this.open(null);
      else if (char === 0x7d || char === 0x5d) {
        this.objects.pop();
        this.at += 1;
      } else if (char === 0x2d || (char >= 0x30 && char <= 0x39)) this.number();
      else this.at += 1;
    }
  }

  private open(keys: Set<string> | null): void {
    this.objects.push(keys);
    this.at += 1;
  }

  private string(): void {
    const { text } = this;
    const start = this.at;
    let end = start + 1;
    for (; text.charCodeAt(end) !== QUOTE; end += 1) {
      if (text.charCodeAt(end) === BACKSLASH) end += 1;
    }
    this.at = end + 1;
    const raw = text.slice(start, end + 1);
    if (this.escapes && raw.includes('\\u')) checkText(JSON.parse(raw) as string);
    let next = this.at;
    while (next < text.length && text.charCodeAt(next) <= 0x20) next += 1;
    if (text.charCodeAt(next) === 0x3a) this.key(raw);
  }

  private key(raw: string): void {
    const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (FORBIDDEN_KEYS.has(key)) {
      throw new FrontDoorError(422, 'forbidden-key', `The key ${key} is not allowed anywhere.`);
    }
    const keys = this.objects.at(-1);
    if (keys === null || keys === undefined) return;
    if (keys.has(key)) {
      throw new FrontDoorError(400, 'duplicate-json-key', 'A key stands twice in one object.');
    }
    keys.add(key);
    if (keys.size > JSON_MEMBERS_MAX) {
      throw new FrontDoorError(400, 'json-too-complex', `At most ${JSON_MEMBERS_MAX} members.`);
    }
  }

  private number(): void {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && '+-.eE0123456789'.includes(text.charAt(this.at))) this.at += 1;
    if (representable(text.slice(start, this.at)) === null) {
      throw new FrontDoorError(422, 'number-out-of-range', 'A number cannot be represented.');
    }
  }
}

function checkText(value: string): void {
  if (value.includes('\0') || !value.isWellFormed()) {
    throw new FrontDoorError(422, 'invalid-string', 'Text holds NUL or half a character.');
  }
}
