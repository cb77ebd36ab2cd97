import { Invalid } from '../../domain/errors.js';

/**
 * Bytes of a file as text: UTF-8, or UTF-16 where a byte order mark says so, without the mark.
 * Throws `not-text` instead of guessing an old code page: a wrong guess would change people's words.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Invalid('not-text', 'The file is not text in UTF-8 or in UTF-16 with its mark.');
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}
