import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/**
 * Where a statement is held: `asked` by the service and not yet forwarded, `forwarded` to the
 * server, or `answered` by it and not yet passed on.
 */
export type Stage = 'asked' | 'forwarded' | 'answered';

/** What a proxy can tell of a statement. */
export interface ProxiedStatement {
  text: string;
  /** The texts since the transaction began, this one left out; empty outside a transaction. */
  earlier: readonly string[];
}

/** A statement that waits for the test. Whatever follows on its connection waits behind it. */
export interface Held extends ProxiedStatement {
  /** The process of the server on this connection. */
  backendPid: number;
  /** Goes on as if nothing had been. */
  release(): void;
  /** Breaks the connection on both sides: by an end of stream, or by a reset. */
  cut(how?: 'end' | 'reset'): void;
}

interface Trap {
  stage: Stage;
  matches: (statement: ProxiedStatement) => boolean;
  caught: (held: Held) => void;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

/**
 * A proxy between the service and PostgreSQL that knows where statements begin and end (PostgreSQL
 * 16 documentation, chapter 55: simple and extended queries, COPY), so that a test can stop the
 * world at a point of a transaction.
 */
export class PostgresProxy {
  private readonly sessions = new Set<Session>();
  private readonly traps: Trap[] = [];
  private targetUrl: URL;
  private isSilent = false;
  /** Where it has listened, while it does not. */
  private port = 0;

  private constructor(
    private readonly server: Server,
    databaseUrl: string,
  ) {
    this.targetUrl = new URL(databaseUrl);
  }

  static async start(databaseUrl: string): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, databaseUrl);
    server.on('connection', (client) => proxy.accept(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The way to the database through this proxy. */
  get url(): string {
    const url = new URL(this.targetUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.server.listening ? this.listening : this.port);
    return url.toString();
  }

  private get listening(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The database is gone, and says so: connections are reset, and new ones are refused. */
  async refuse(): Promise<void> {
    this.port = this.listening;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const session of this.sessions) session.cut('reset');
    await closed;
  }

  /** The way to the database is dead: nothing is answered, on old connections and on new ones. */
  fallSilent(): void {
    this.isSilent = true;
    this.freezeAll();
  }

  /** The connections there are go dead without a sign of it; new ones are as they should be. */
  freezeAll(): void {
    for (const session of this.sessions) session.freeze();
  }

  /** The database is there again, at the same place. What was on the way is lost. */
  async comeBack(): Promise<void> {
    this.isSilent = false;
    for (const session of this.sessions) if (session.isFrozen) session.cut('reset');
    if (this.server.listening) return;
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** The database may come back elsewhere. */
  forwardTo(databaseUrl: string): void {
    this.targetUrl = new URL(databaseUrl);
  }

  /** Holds the next statement of this kind at this stage. */
  hold(stage: Stage, matches: Trap['matches']): Promise<Held> {
    return new Promise((caught) => this.traps.push({ stage, matches, caught }));
  }

  /** Takes back what was not met, and lets go what is held. */
  releaseAll(): void {
    this.traps.length = 0;
    for (const session of this.sessions) session.release();
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.cut('end');
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    const { hostname, port } = this.targetUrl;
    const upstream = createConnection({ host: hostname, port: Number(port || 5432) });
    const session = new Session(client, upstream, (statement) => this.trapFor(statement));
    this.sessions.add(session);
    if (this.isSilent) session.freeze();
    void session.closed.then(() => this.sessions.delete(session));
  }

  /** Each trap catches once. */
  private trapFor(statement: ProxiedStatement): Trap | null {
    const at = this.traps.findIndex((trap) => trap.matches(statement));
    return at < 0 ? null : (this.traps.splice(at, 1)[0] ?? null);
  }
}

interface Statement extends ProxiedStatement {
  trap: Trap | null;
}

/** One connection of the service and the one of the server that belongs to it. */
class Session {
  readonly closed: Promise<void>;
  private backendPid = 0;
  /** Texts of prepared statements by name; the unnamed one is ''. */
  private readonly prepared = new Map<string, string>();
  private transaction: string[] = [];
  /** Messages of a statement whose end has not come yet. */
  private asked: Buffer[] = [];
  private askedText = '';
  /** Forwarded and not wholly answered, the oldest first. */
  private readonly running: Statement[] = [];
  private toServer: Buffer[] | null = null;
  private toClient: Buffer[] | null = null;
  private held: (() => void) | null = null;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly trapFor: (statement: ProxiedStatement) => Trap | null,
  ) {
    const fromClient = new Messages(false);
    const fromServer = new Messages(true);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.on('data', (chunk) => {
      for (const message of fromClient.read(chunk)) this.ask(message, fromClient);
    });
    upstream.on('data', (chunk) => {
      for (const message of fromServer.read(chunk)) this.answer(message);
    });
    // A side that is gone takes the other with it, and what was held is lost on the way.
    const ended = [client, upstream].map(
      (socket) =>
        new Promise<void>((done) => {
          socket.on('error', () => undefined);
          socket.on('end', () => this.cut('end'));
          socket.on('close', () => {
            this.cut('end');
            done();
          });
        }),
    );
    this.closed = Promise.all(ended).then(() => undefined);
  }

  release(): void {
    this.held?.();
  }

  get isFrozen(): boolean {
    return this.client.isPaused() && this.upstream.isPaused();
  }

  /** Reads nothing any more, on either side. */
  freeze(): void {
    this.client.pause();
    this.upstream.pause();
  }

  cut(how: 'end' | 'reset'): void {
    this.held = null;
    this.toServer = [];
    this.toClient = [];
    // What was written before is still delivered: forwarded means forwarded.
    for (const socket of [this.client, this.upstream]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }

  private ask(message: Buffer, messages: Messages): void {
    if (!messages.typed) {
      this.begin(message, messages);
      return;
    }
    const type = String.fromCharCode(message[0] ?? 0);
    // Passwords, the data of a COPY and the farewell are no part of a statement.
    if ('pdcfX'.includes(type)) {
      this.send(message);
      return;
    }
    this.asked.push(message);
    if (type === 'Q') this.askedText = textAt(message, 5).text;
    if (type === 'P') {
      const name = textAt(message, 5);
      this.askedText = textAt(message, name.end).text;
      this.prepared.set(name.text, this.askedText);
    }
    if (type === 'B') {
      const portal = textAt(message, 5);
      this.askedText = this.prepared.get(textAt(message, portal.end).text) ?? '';
    }
    if (type === 'H') this.send(...this.asked.splice(0));
    if (type === 'Q' || type === 'S') this.forwardStatement();
  }

  /** The first message has no type. Encryption is declined, as servers without it do. */
  private begin(message: Buffer, messages: Messages): void {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST) {
      this.client.write('N');
      return;
    }
    if (code !== CANCEL_REQUEST) messages.typed = true;
    this.upstream.write(message);
  }

  private forwardStatement(): void {
    const text = this.askedText.trim();
    const earlier = [...this.transaction];
    if (this.transaction.length > 0 || isBegin(text)) this.transaction.push(text);
    const trap = this.trapFor({ text, earlier });
    const statement: Statement = { text, earlier, trap };
    const messages = this.asked.splice(0);
    this.askedText = '';
    if (trap?.stage !== 'asked') {
      this.launch(statement, messages);
      return;
    }
    this.toServer = [];
    this.held = () => {
      this.held = null;
      const behind = this.toServer ?? [];
      this.toServer = null;
      this.launch({ ...statement, trap: null }, messages);
      this.send(...behind);
    };
    this.report(statement, trap);
  }

  private launch(statement: Statement, messages: readonly Buffer[]): void {
    this.running.push(statement);
    this.send(...messages);
    const { trap } = statement;
    if (trap?.stage !== 'forwarded') return;
    this.holdAnswers();
    this.report(statement, trap);
  }

  private answer(message: Buffer): void {
    const type = String.fromCharCode(message[0] ?? 0);
    if (type === 'K') this.backendPid = message.readInt32BE(5);
    const [statement] = this.running;
    if (statement?.trap?.stage === 'answered' && this.toClient === null) this.holdAnswers();
    if (this.toClient === null) this.client.write(message);
    else this.toClient.push(message);
    if (type !== 'Z') return;
    if (String.fromCharCode(message[5] ?? 0) === 'I') this.transaction = [];
    this.running.shift();
    if (statement?.trap?.stage === 'answered') this.report(statement, statement.trap);
  }

  private holdAnswers(): void {
    this.toClient = [];
    this.held = () => {
      this.held = null;
      const behind = this.toClient ?? [];
      this.toClient = null;
      for (const message of behind) this.client.write(message);
    };
  }

  private send(...messages: readonly Buffer[]): void {
    for (const message of messages) {
      if (this.toServer === null) this.upstream.write(message);
      else this.toServer.push(message);
    }
  }

  private report({ text, earlier }: Statement, trap: Trap): void {
    trap.caught({
      text,
      earlier,
      backendPid: this.backendPid,
      release: () => this.release(),
      cut: (how = 'end') => this.cut(how),
    });
  }
}

/** Cuts a stream into messages: a byte of type, unless it is the first of a client, and a length. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  constructor(public typed: boolean) {}

  *read(chunk: Buffer): Generator<Buffer> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const before = this.typed ? 1 : 0;
      if (this.rest.length < before + 4) return;
      const length = before + this.rest.readInt32BE(before);
      if (this.rest.length < length) return;
      const message = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      yield message;
    }
  }
}

/** A string that ends with a zero byte, and where the next thing begins. */
function textAt(message: Buffer, start: number): { text: string; end: number } {
  const zero = message.indexOf(0, start);
  return { text: message.toString('utf8', start, zero), end: zero + 1 };
}

export function isBegin(text: string): boolean {
  return /^(begin|start transaction)\b/i.test(text);
}

export function isCommit(text: string): boolean {
  return /^(commit|end)\b/i.test(text);
}
