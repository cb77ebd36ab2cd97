import { crc32 } from 'node:zlib';
import { Inflate } from 'fflate';
import { Invalid } from '../../domain/errors.js';
import {
  compressedBytes,
  readZipDirectory,
  zipUnreadable,
  type ZipRecord,
} from './zip-directory.js';

export interface ZipEntry {
  /** As in the zip, in NFC: some systems write names decomposed, lists of files do not. */
  path: string;
  bytes: Uint8Array;
}

export interface ZipLimits {
  /** Records of any kind, folders too. */
  filesMax: number;
  /** Bytes of all files, uncompressed. */
  totalMax: number;
  /** Bytes of one file, uncompressed. */
  entryMax: number;
  /** Uncompressed over compressed, asked of files above `ratioFrom` bytes. */
  ratioMax: number;
  ratioFrom: number;
}

const MIB = 2 ** 20;

/** A round of interviews with room to spare; a bomb is stopped long before memory is. */
const ZIP_LIMITS: ZipLimits = {
  filesMax: 500,
  totalMax: 64 * MIB,
  entryMax: 8 * MIB,
  ratioMax: 200,
  ratioFrom: MIB,
};

/** Deflate grows a piece at most 1032 times, so one piece yields at most 4 MiB before it is counted. */
const PIECE_BYTES = 4_096;
const STORED = 0;
const DEFLATED = 8;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPING = /^\/|^[A-Za-z]:|\\|[\u0000-\u001f\u007f-\u009f]|(?:^|\/)\.\.(?:\/|$)/u;
/** What macOS adds to a zip beside what people put in. */
const SYSTEM_FILE = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$)/u;

/**
 * The files of a zip, all of them or none. Nothing is written to disk, sizes that the zip declares
 * are never trusted, and a zip inside the zip is a file like others. Folders and what macOS adds are
 * left out.
 *
 * Throws Invalid: `zip-unreadable` (not a zip, damaged, encrypted, an unknown method),
 * `zip-too-many-files`, `zip-too-large` (one file, all, or grown out of next to nothing),
 * `zip-path-escape` (a name that leads out of a folder), `zip-duplicate-path` (two names that are
 * one on some system).
 */
export function readZip(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): ZipEntry[] {
  const allowed = { ...ZIP_LIMITS, ...limits };
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = readZipDirectory(zip, (count) => {
    if (count > allowed.filesMax) {
      throw new Invalid(
        'zip-too-many-files',
        `A zip holds at most ${allowed.filesMax} files, this one ${count}.`,
        [],
        { filesMax: allowed.filesMax },
      );
    }
  });
  records.forEach(refuseEscape);
  const files = records.filter(({ path }) => !path.endsWith('/') && !SYSTEM_FILE.test(path));
  refuseDuplicates(files);
  refuseDeclaredSizes(files, allowed);
  let total = 0;
  return files.map((record, index) => {
    const content = inflate(compressedBytes(zip, record), record, {
      index,
      allowed,
      room: allowed.totalMax - total,
    });
    total += content.length;
    if (content.length !== record.declaredSize || crc32(content) !== record.crc) {
      throw zipUnreadable(`file ${index + 1} is damaged`);
    }
    return { path: record.path.normalize('NFC'), bytes: content };
  });
}

/** Names stay out of messages: a file is often called after a person. */
function refuseEscape({ path }: ZipRecord, index: number): void {
  if (path !== '' && !ESCAPING.test(path)) return;
  throw new Invalid(
    'zip-path-escape',
    `The name of file ${index + 1} in the zip leads out of its folder.`,
    [{ pointer: `/${index}`, code: 'path-escape' }],
  );
}

function refuseDuplicates(files: readonly ZipRecord[]): void {
  const seen = new Set<string>();
  for (const [index, { path }] of files.entries()) {
    const folded = path.normalize('NFC').toLowerCase();
    if (seen.has(folded)) {
      throw new Invalid(
        'zip-duplicate-path',
        `The name of file ${index + 1} in the zip is there twice, capitals aside.`,
        [{ pointer: `/${index}`, code: 'duplicate-path' }],
      );
    }
    seen.add(folded);
  }
}

/** What a zip says of itself is enough to refuse it, never to believe it. */
function refuseDeclaredSizes(files: readonly ZipRecord[], allowed: ZipLimits): void {
  let total = 0;
  for (const [index, { declaredSize, compressedSize }] of files.entries()) {
    total += declaredSize;
    refuseSize(declaredSize, { index, allowed, room: allowed.totalMax - total + declaredSize });
    refuseRatio(declaredSize, compressedSize, { index, allowed });
  }
}

function inflate(
  compressed: Buffer,
  record: ZipRecord,
  bounds: { index: number; allowed: ZipLimits; room: number },
): Uint8Array {
  const { index } = bounds;
  if (record.isEncrypted) throw zipUnreadable(`file ${index + 1} is encrypted`);
  if (record.method === STORED) {
    refuseSize(compressed.length, bounds);
    return Uint8Array.from(compressed);
  }
  if (record.method !== DEFLATED) {
    throw zipUnreadable(`file ${index + 1} is compressed in a way that is not read`);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  const stream = new Inflate((piece) => {
    pieces.push(piece);
    size += piece.length;
  });
  for (let from = 0; from < compressed.length; from += PIECE_BYTES) {
    const isLast = from + PIECE_BYTES >= compressed.length;
    try {
      stream.push(compressed.subarray(from, from + PIECE_BYTES), isLast);
    } catch {
      throw zipUnreadable(`file ${index + 1} is damaged`);
    }
    refuseSize(size, bounds);
    refuseRatio(size, compressed.length, bounds);
  }
  return joined(pieces, size);
}

function refuseSize(
  size: number,
  { index, allowed, room }: { index: number; allowed: ZipLimits; room: number },
): void {
  if (size > allowed.entryMax) {
    throw tooLarge(index, `File ${index + 1} of the zip is larger than ${allowed.entryMax} bytes.`);
  }
  if (size > room) {
    throw tooLarge(index, `The files of the zip are larger than ${allowed.totalMax} bytes.`);
  }
}

function refuseRatio(
  size: number,
  compressedSize: number,
  { index, allowed }: { index: number; allowed: ZipLimits },
): void {
  if (size <= allowed.ratioFrom || size <= allowed.ratioMax * compressedSize) return;
  throw tooLarge(index, `File ${index + 1} of the zip grows more than ${allowed.ratioMax} times.`);
}

function tooLarge(index: number, sentence: string): Invalid {
  return new Invalid('zip-too-large', sentence, [{ pointer: `/${index}`, code: 'too-large' }]);
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
