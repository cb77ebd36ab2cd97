import { Invalid } from '../../domain/errors.js';

/** One line of a zip's central directory. */
export interface ZipRecord {
  path: string;
  isEncrypted: boolean;
  /** 0 stored, 8 deflated; others are not read. */
  method: number;
  crc: number;
  compressedSize: number;
  declaredSize: number;
  /** Where its local header begins. */
  offset: number;
}

const END_SIGNATURE = 0x0605_4b50;
const RECORD_SIGNATURE = 0x0201_4b50;
const LOCAL_SIGNATURE = 0x0403_4b50;
const END_SIZE = 22;
const RECORD_SIZE = 46;
const LOCAL_SIZE = 30;
/** The comment behind the end record is at most this long. */
const COMMENT_MAX = 0xffff;

/** The upper half of code page 437: names of writers that do not say UTF-8. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

export function zipUnreadable(fault: string): Invalid {
  return new Invalid('zip-unreadable', `The zip file cannot be read: ${fault}.`);
}

/**
 * The central directory of a zip (PKWARE APPNOTE 4.3), which is what every tool lists and extracts
 * by. `tooMany` is called with the number of records before any is read. Sizes beyond 32 bits are
 * no case here: the limits of what is read are far below, and their placeholder exceeds them.
 */
export function readZipDirectory(bytes: Buffer, tooMany: (count: number) => void): ZipRecord[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  tooMany(count);
  const records: ZipRecord[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + RECORD_SIZE > end || bytes.readUInt32LE(at) !== RECORD_SIGNATURE) {
      throw zipUnreadable('its list of files is broken');
    }
    const nameEnd = at + RECORD_SIZE + bytes.readUInt16LE(at + 28);
    const flags = bytes.readUInt16LE(at + 8);
    if (nameEnd > end) throw zipUnreadable('its list of files is broken');
    records.push({
      path: decodeName(bytes.subarray(at + RECORD_SIZE, nameEnd)),
      isEncrypted: (flags & 0x0001) !== 0,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      compressedSize: bytes.readUInt32LE(at + 20),
      declaredSize: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return records;
}

/** The compressed bytes of one record. */
export function compressedBytes(bytes: Buffer, record: ZipRecord): Buffer {
  const { offset, compressedSize } = record;
  if (offset + LOCAL_SIZE > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_SIGNATURE) {
    throw zipUnreadable('a file is not where the list says');
  }
  const start =
    offset + LOCAL_SIZE + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + compressedSize > bytes.length) throw zipUnreadable('a file is cut off');
  return bytes.subarray(start, start + compressedSize);
}

function findEnd(bytes: Buffer): number {
  const lowest = Math.max(0, bytes.length - END_SIZE - COMMENT_MAX);
  for (let at = bytes.length - END_SIZE; at >= lowest; at -= 1) {
    if (bytes.readUInt32LE(at) !== END_SIGNATURE) continue;
    // The comment must end with the file, so that these four bytes inside a comment are no end.
    if (at + END_SIZE + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  throw zipUnreadable('it is not a zip file, or its end is missing');
}

/** UTF-8 where it is, whatever the flag says: many writers forget it. */
function decodeName(name: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    return Array.from(name, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : CP437.charAt(byte - 0x80),
    ).join('');
  }
}
