import { createReadStream, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createGunzip } from 'node:zlib';

/** Media types by the format that a person names. */
export const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' };

/** The format that a file's name tells, compressed or not; undefined when it tells none. */
export function formatOf(file) {
  const [, ending] = /\.(csv|ndjson|jsonl)(?:\.gz)?$/i.exec(file) ?? [];
  if (ending === undefined) return undefined;
  return ending.toLowerCase() === 'csv' ? 'csv' : 'ndjson';
}

/**
 * Sends a file of events as it is read, unpacked where it ends in `.gz`; its size does not matter.
 * @param {{ url: string, key: string }} service
 * @param {{ file: string, type: string, name: string }} what
 * @returns {{ answer: Promise<{ status: number, body: any }>, sentPercent(): number }} `sentPercent`
 *   is how much of the file has been read from the disk.
 */
export function sendEvents({ url, key }, { file, type, name }) {
  const isPacked = /\.gz$/i.test(file);
  const { size } = statSync(file);
  const source = createReadStream(file);
  const target = new URL(`${url}/v1/events`);
  target.searchParams.set('name', name);
  const open = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const answer = new Promise((done, fail) => {
    const upload = open(target, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        'content-type': type,
        ...(isPacked ? {} : { 'content-length': size }),
      },
    });
    const give = (error) => {
      source.destroy();
      upload.destroy();
      fail(error);
    };
    upload.on('error', give);
    source.on('error', give);
    upload.on('response', (response) => {
      const chunks = [];
      response.on('error', give);
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        done({ status: response.statusCode, body: isJson ? JSON.parse(text) : { detail: text } });
        // A refusal may come before the end of the file: the rest is not sent.
        source.destroy();
        upload.destroy();
      });
    });
    if (!isPacked) source.pipe(upload);
    else source.pipe(createGunzip().on('error', give)).pipe(upload);
  });
  return {
    answer,
    sentPercent: () => (size === 0 ? 100 : Math.min(100, (100 * source.bytesRead) / size)),
  };
}
