import { connect, type Socket } from 'node:net';
import type { Service } from './embedded-service.js';

/** The empty line between head and body. */
const HEAD_END_BYTES = 4;

export interface Answer {
  status: number;
  body: string;
}

/** A request as it goes over the wire: made before the clock starts. */
export function requestOf(
  { url, key }: Service,
  method: 'GET' | 'POST',
  path: string,
  body = '',
): Buffer {
  const { host } = new URL(url);
  const type = body === '' ? '' : 'content-type: application/json\r\n';
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n` +
      `${type}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/**
 * One kept-alive connection, one request at a time. Written for this: sender and service share the
 * processors, so that whatever a general client costs would be measured as the service's.
 */
export class HttpConnection {
  private parts: Buffer[] = [];
  private receivedBytes = 0;
  /** Of the whole answer, once its head has said so. */
  private wholeBytes = 0;
  private waiting: { done: (answer: Answer) => void; fail: (error: Error) => void } | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (part) => this.read(part));
    const ended = (error?: Error): void => {
      this.waiting?.fail(error ?? new Error('the service closed the connection'));
      this.waiting = null;
    };
    socket.on('error', ended);
    socket.on('close', () => ended());
  }

  static open({ url }: Service): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    return new Promise((opened, fail) => {
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        opened(new HttpConnection(socket));
      });
    });
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((done, fail) => {
      this.waiting = { done, fail };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(part: Buffer): void {
    this.parts.push(part);
    this.receivedBytes += part.length;
    if (this.receivedBytes < this.wholeBytes) return;
    const received = Buffer.concat(this.parts);
    this.parts = [received];
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = received.toString('latin1', 0, headEnd);
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
    if (length === undefined) {
      this.socket.destroy(new Error(`an answer of unknown length: ${head}`));
      return;
    }
    const bodyAt = headEnd + HEAD_END_BYTES;
    this.wholeBytes = bodyAt + Number(length);
    if (this.receivedBytes < this.wholeBytes) return;
    const [, status] = head.split(' ', 2);
    const answer = { status: Number(status), body: received.toString('utf8', bodyAt) };
    this.parts = [];
    this.receivedBytes = 0;
    this.wholeBytes = 0;
    const { waiting } = this;
    this.waiting = null;
    waiting?.done(answer);
  }
}
