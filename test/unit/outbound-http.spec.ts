import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { type Lookup, OutboundHttp } from '../../src/platform/outbound/outbound-http.js';

const listening = async (server: Server | TcpServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const answering = (...addresses: string[][]): Lookup => {
  let asked = 0;
  return async () =>
    await Promise.resolve(addresses[Math.min(asked++, addresses.length - 1)] ?? []);
};

describe('OutboundHttp', () => {
  interface Seen {
    url: string;
    headers: IncomingMessage['headers'];
    body: string;
  }
  const seen: Seen[] = [];
  let answer: { status: number; headers?: Record<string, string>; body?: string } | 'nothing';
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', headers: request.headers, body });
        if (answer === 'nothing') return;
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    port = await listening(server);
  });
  beforeEach(() => {
    seen.length = 0;
    answer = { status: 200 };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const http = (lookup: Lookup = answering(['127.0.0.1']), timeoutMs?: number) =>
    new OutboundHttp([`chat.example:${port}`], lookup, timeoutMs);
  const post = (client: OutboundHttp, url = `http://chat.example:${port}/hook?a=b`) =>
    client.postJson(url, { text: 'ü' }, { 'idempotency-key': 'one' });

  it('posts JSON to the address it has checked, under the name that was asked for', async () => {
    expect(await post(http())).toEqual({ is: 'answered', status: 200, retryAfterS: null });
    expect(seen).toMatchObject([
      {
        url: '/hook?a=b',
        body: '{"text":"ü"}',
        headers: {
          host: `chat.example:${port}`,
          'content-type': 'application/json',
          'idempotency-key': 'one',
          connection: 'close',
        },
      },
    ]);
  });

  it.each([
    [301, {}],
    [302, {}],
    [307, {}],
    [404, {}],
    [500, {}],
  ])('says %i and follows nothing', async (status, more) => {
    answer = { status, headers: { location: `http://chat.example:${port}/elsewhere`, ...more } };
    expect(await post(http())).toEqual({ is: 'answered', status, retryAfterS: null });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['120', 120],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-1', null],
  ])('reads Retry-After: %s', async (header, retryAfterS) => {
    answer = { status: 429, headers: { 'retry-after': header } };
    expect(await post(http())).toEqual({ is: 'answered', status: 429, retryAfterS });
  });

  it('does not take an answer in that is too long', async () => {
    answer = { status: 200, body: 'x'.repeat(8 * 1024 * 1024) };
    expect(await post(http())).toEqual({ is: 'answered', status: 200, retryAfterS: null });
  });

  it('waits no longer than it should', async () => {
    answer = 'nothing';
    expect(await post(http(undefined, 100))).toEqual({ is: 'failed', fault: 'timeout' });
    const never: Lookup = () => new Promise(() => undefined);
    expect(await post(http(never, 50))).toEqual({ is: 'failed', fault: 'timeout' });
  });

  it('uses no proxy, whatever the environment says', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' });
    try {
      expect(await post(http())).toMatchObject({ is: 'answered', status: 200 });
    } finally {
      process.env = before;
    }
  });

  it.each<[string, string, string[], string]>([
    ['a URL that is forbidden', 'https://127.0.0.1/hook', ['127.0.0.1'], 'url-forbidden'],
    ['a name nobody knows', 'https://hooks.example/hook', [], 'host-unknown'],
    ['a name that leads inside', 'https://hooks.example/hook', ['10.0.0.1'], 'address-forbidden'],
    [
      'a name one of whose addresses leads inside',
      'https://hooks.example/hook',
      ['1.1.1.1', '::1'],
      'address-forbidden',
    ],
  ])('connects to nothing for %s', async (_name, url, addresses, fault) => {
    expect(await post(http(answering(addresses)), url)).toEqual({ is: 'failed', fault });
  });

  it('is not fooled by a name that is public when it is checked and private when it is used', async () => {
    const client = http(answering(['1.1.1.1'], ['127.0.0.1']));
    const url = 'https://hooks.example/hook';
    expect(await client.faultOf(url)).toBeNull();
    expect(await post(client, url)).toEqual({ is: 'failed', fault: 'address-forbidden' });
  });

  it('asks for the name once, and connects to what was answered', async () => {
    let asked = 0;
    const once: Lookup = async () => {
      asked += 1;
      return await Promise.resolve([asked === 1 ? '127.0.0.1' : '127.0.0.2']);
    };
    expect(await post(http(once))).toMatchObject({ is: 'answered' });
    expect(asked).toBe(1);
  });

  it.each<[string, string[], string | null]>([
    ['https://hooks.example/hook', ['1.1.1.1'], null],
    ['https://hooks.example/hook', [], null],
    ['https://hooks.example/hook', ['192.168.1.1'], 'address-forbidden'],
    ['https://hooks.example:25/hook', ['1.1.1.1'], 'port-forbidden'],
  ])('says beforehand what may be sent to %s at %j: %s', async (url, addresses, fault) => {
    expect(await http(answering(addresses)).faultOf(url)).toBe(fault);
  });

  it('says beforehand nothing against a name that cannot be resolved yet', async () => {
    const away: Lookup = () => Promise.reject(new Error('no resolver'));
    expect(await http(away).faultOf('https://hooks.example/hook')).toBeNull();
    expect(await post(http(away), 'https://hooks.example/hook')).toMatchObject({
      fault: 'host-unknown',
    });
  });

  it('says that nobody listens, without a word about the URL', async () => {
    const closed = createTcpServer();
    const gone = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    const client = new OutboundHttp([`127.0.0.1:${gone}`]);
    const url = `http://127.0.0.1:${gone}/canary`;
    expect(await client.postJson(url, {})).toEqual({ is: 'failed', fault: 'unreachable' });
  });

  it('speaks TLS with the name that was asked for, and not without', async () => {
    const hellos: Buffer[] = [];
    const tcp = createTcpServer((socket) => {
      socket.once('data', (chunk) => {
        hellos.push(chunk);
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
      socket.on('error', () => undefined);
    });
    const tlsPort = await listening(tcp);
    const client = new OutboundHttp([`chat.example:${tlsPort}`], answering(['127.0.0.1']));
    const sent = await client.postJson(`https://chat.example:${tlsPort}/canary`, { a: 1 });
    expect(sent).toEqual({ is: 'failed', fault: 'tls-failed' });
    const [hello] = hellos;
    // A handshake record; the name is in it in clear (RFC 6066), the path is not.
    expect(hello?.[0]).toBe(0x16);
    expect(hello?.includes('chat.example')).toBe(true);
    expect(hello?.includes('canary')).toBe(false);
    await new Promise((resolve) => tcp.close(resolve));
  });
});
