import Fastify, { type FastifyInstance } from 'fastify';
import { connect } from 'node:net';
import { installFrontDoor, type Patience } from '../../src/platform/http/front-door.js';
import { FrontDoorError } from '../../src/platform/http/problem.js';
import { StreamedBody } from '../../src/platform/http/streamed-body.js';
import { UploadedFile } from '../../src/platform/http/uploaded-file.js';

/** Bodies that arrive slowly, in pieces, without end, or not at all; the door alone, impatient. */
describe('the front door and slow bodies', () => {
  const patience: Patience = { bodyMs: 150, idleMs: 150, lingerMs: 150 };
  let door: FastifyInstance;
  let port: number;
  /** What the handler of /stream has seen, request by request. */
  const seen: { bytes: number; fault: string | null }[] = [];

  beforeAll(async () => {
    door = Fastify({ requestTimeout: 0 });
    installFrontDoor(door, patience);
    door.setErrorHandler(async (error, _request, reply) => {
      const { status, code } = error as FrontDoorError;
      return await reply.status(status).send({ code });
    });
    door.post('/json', async (request) => ({ body: request.body }));
    door.post('/file', { config: { fileTypes: ['text/csv'] } }, async (request) => ({
      bytes: (request.body as UploadedFile).bytes.length,
    }));
    door.post('/stream', { config: { streamTypes: ['text/csv'] } }, async (request) => {
      const counted = { bytes: 0, fault: null as string | null };
      seen.push(counted);
      try {
        for await (const chunk of (request.body as StreamedBody).chunks()) {
          counted.bytes += chunk.length;
        }
      } catch (error) {
        counted.fault = (error as FrontDoorError).code;
        throw error;
      }
      return counted;
    });
    door.post('/refused', { config: { streamTypes: ['text/csv'] } }, async (_request, reply) => {
      await reply.status(403).send({ code: 'refused' });
    });
    await door.listen({ port: 0, host: '127.0.0.1' });
    port = (door.server.address() as { port: number }).port;
  });
  afterAll(() => door.close());

  /** Writes the pieces one after the other and gives everything that came back until the end. */
  const talk = (head: string, pieces: readonly (string | Buffer)[], more = false) =>
    new Promise<string>((done) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${head}\r\nhost: x\r\n\r\n`);
        for (const piece of pieces) socket.write(piece);
      });
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        if (!more) socket.end();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => done(answer));
    });
  const statusOf = (answer: string) => Number(answer.split(' ')[1]);
  const csv = 'content-type: text/csv';

  it('B18: an ordinary body that does not arrive is 408 and the end of the connection', async () => {
    const head = 'POST /json HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 10';
    const answer = await talk(head, ['{'], true);
    expect(statusOf(answer)).toBe(408);
    expect(answer).toContain('"request-timeout"');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('B18: a body behind a request that takes none is not waited for', async () => {
    const answer = await talk('GET /json HTTP/1.1\r\ncontent-length: 10', ['{'], true);
    expect(statusOf(answer)).toBe(404);
  });

  it('B05: chunks without end are 413 before they are held', async () => {
    const chunk = Buffer.from(`10000\r\n${'a'.repeat(65_536)}\r\n`);
    const head =
      'POST /json HTTP/1.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked';
    const answer = await talk(
      head,
      Array.from({ length: 64 }, () => chunk),
      true,
    );
    expect(statusOf(answer)).toBe(413);
  });

  it('a stream is read whole, however it is cut', async () => {
    const pieces = ['id,', 'type\n', 'x'.repeat(500_000)];
    const bytes = pieces.join('').length;
    const head = `POST /stream HTTP/1.1\r\n${csv}\r\ncontent-length: ${bytes}`;
    const answer = await talk(head, pieces);
    expect(answer).toContain(`{"bytes":${bytes},"fault":null}`);
  });

  it('the same media type is a whole file on a route that takes files', async () => {
    const head = `POST /file HTTP/1.1\r\n${csv}; charset=UTF-8\r\ncontent-length: 5`;
    expect(await talk(head, ['a,b', ',c'])).toContain('{"bytes":5}');
  });

  it('a stream in another character set is 415', async () => {
    const head = `POST /stream HTTP/1.1\r\n${csv}; charset=latin1\r\ncontent-length: 2`;
    expect(statusOf(await talk(head, ['ab']))).toBe(415);
  });

  it('a compressed stream is 415', async () => {
    const head = `POST /stream HTTP/1.1\r\n${csv}\r\ncontent-encoding: gzip\r\ncontent-length: 2`;
    expect(statusOf(await talk(head, ['ab']))).toBe(415);
  });

  it('a sender that falls silent is 408', async () => {
    const head = `POST /stream HTTP/1.1\r\n${csv}\r\ncontent-length: 10`;
    const answer = await talk(head, ['abc'], true);
    expect(statusOf(answer)).toBe(408);
    expect(seen.at(-1)).toEqual({ bytes: 3, fault: 'request-timeout' });
  });

  it('a sender that goes away is noticed', async () => {
    const before = seen.length;
    await new Promise<void>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST /stream HTTP/1.1\r\nhost: x\r\n${csv}\r\ncontent-length: 10\r\n\r\nabc`);
        // Not before the handler has begun.
        const waiting = setInterval(() => {
          if (seen.length === before || seen.at(-1)?.bytes !== 3) return;
          clearInterval(waiting);
          socket.destroy();
        }, 5);
      });
      socket.on('close', () => done());
    });
    while (seen.at(-1)?.fault === null) await new Promise((done) => setTimeout(done, 5));
    expect(seen.at(-1)).toEqual({ bytes: 3, fault: 'interrupted' });
  });

  it('who is refused sees the answer though the file is still being sent', async () => {
    const head = `POST /refused HTTP/1.1\r\n${csv}\r\ncontent-length: 4000000`;
    const answer = await talk(head, ['x'.repeat(3_000_000)], true);
    expect(statusOf(answer)).toBe(403);
  });

  /** Sends a refused file to its end and a small one after it, on one connection. */
  const refusedThenTaken = async (head: string, file: string) => {
    const next =
      'POST /file HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: 2\r\n\r\nab';
    return await new Promise<string>((done) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${head}\r\nhost: x\r\ncontent-length: ${file.length}\r\n\r\n`);
        socket.write(file);
        socket.write(next);
      });
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (text.includes('"bytes"')) socket.end();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => done(text));
    });
  };

  it('after a refused file that is sent to its end, the connection goes on', async () => {
    const head = `POST /refused HTTP/1.1\r\n${csv}`;
    const answer = await refusedThenTaken(head, 'x'.repeat(100_000));
    expect(answer).toContain('403 Forbidden');
    expect(answer).toContain('{"bytes":2}');
  });

  it('B05: who sends too much is not cut off, or the answer would be lost on the way', async () => {
    const head = 'POST /json HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json';
    const answer = await refusedThenTaken(head, 'x'.repeat(8_000_000));
    expect(answer).toContain('413 Payload Too Large');
  });
});
