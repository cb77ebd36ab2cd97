import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { TestApp } from './test-app.js';
import { ADMIN_KEY } from './test-config.js';

export interface UploadAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

/** A file on its way to the service: it ends when the test says so, or not at all. */
export interface SlowUpload {
  request: ClientRequest;
  /** Returns when the piece has left; waits while the service holds the sender back. */
  write(piece: string): Promise<void>;
  /** Sends the rest and gives the whole answer. */
  end(piece?: string): Promise<UploadAnswer>;
  /** What has been answered so far, line by line. */
  lines: string[];
  /** Whoever sends is gone. */
  destroy(): void;
}

/** Begins to send a file of events; with `bytesTotal` its size is told first. */
export async function slowUpload(
  app: TestApp,
  how: { type: string; accept?: string; path?: string; bytesTotal?: number; key?: string },
): Promise<SlowUpload> {
  const call = request(`${await app.app.getUrl()}${how.path ?? '/v1/events'}`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${how.key ?? ADMIN_KEY}`,
      'content-type': how.type,
      ...(how.accept === undefined ? {} : { accept: how.accept }),
      ...(how.bytesTotal === undefined ? {} : { 'content-length': how.bytesTotal }),
    },
  });
  const lines: string[] = [];
  const answer = new Promise<UploadAnswer>((done, fail) => {
    call.on('error', fail);
    call.on('response', (response) => {
      let text = '';
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        lines.splice(0, lines.length, ...text.split('\n').slice(0, -1));
      });
      response.on('end', () => {
        done({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
  });
  // Who destroys the upload does not want its answer.
  answer.catch(() => undefined);
  return {
    request: call,
    lines,
    write: (piece) =>
      new Promise((done, fail) => {
        call.write(piece, (error) => (error ? fail(error) : done()));
      }),
    end: async (piece) => {
      call.end(piece);
      return await answer;
    },
    destroy: () => {
      call.destroy();
    },
  };
}

/** Asks again until it is so; the test's own limit ends it. */
export async function until<T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (isSo(value)) return value;
    await new Promise((done) => setTimeout(done, 20));
  }
}
