import { Invalid } from '../../../domain/errors.js';
import { parseTranscript } from '../../../domain/evidence/transcripts/parse-transcript.js';
import { readDocx } from '../../../domain/evidence/transcripts/read-docx.js';
import type { ParsedTranscript } from '../../../domain/evidence/transcripts/transcript.js';
import { decodeText } from '../../../platform/files/decode-text.js';
import { readXml } from '../../../platform/files/read-xml.js';
import { readZip } from '../../../platform/files/read-zip.js';

export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** Media types of a transcript that is sent as it was exported. */
export const TRANSCRIPT_FILE_TYPES = [
  'text/vtt',
  'application/x-subrip',
  'text/plain',
  DOCX_TYPE,
] as const;

const DOCX_BODY = 'word/document.xml';

/**
 * A transcript file as turns, whatever tool wrote it.
 * @throws Invalid `transcript-unreadable`, `transcript-empty`, `not-text`, `zip-*`, `xml-*`
 */
export function readTranscriptFile(file: {
  bytes: Uint8Array;
  contentType?: string;
  fileName?: string;
}): ParsedTranscript {
  const { bytes, contentType, fileName } = file;
  if (contentType === DOCX_TYPE || fileName?.toLowerCase().endsWith('.docx') === true) {
    return readDocx(readXml(docxBody(bytes)));
  }
  return parseTranscript({
    text: decodeText(bytes),
    ...(contentType === undefined ? {} : { contentType }),
    ...(fileName === undefined ? {} : { fileName }),
  });
}

function docxBody(bytes: Uint8Array): string {
  const body = readZip(bytes).find(({ path }) => path === DOCX_BODY);
  if (body === undefined) {
    throw new Invalid('transcript-unreadable', 'This is not a DOCX document.', [
      { pointer: `/${DOCX_BODY}`, code: 'missing' },
    ]);
  }
  return decodeText(body.bytes);
}
