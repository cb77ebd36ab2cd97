import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What it understands besides DATA and QUIT; STARTTLS is not among it. */
const KNOWN = new Set(['EHLO', 'HELO', 'MAIL', 'RCPT', 'RSET', 'NOOP']);

export interface SunkMail {
  from: string;
  to: string[];
  /** Headers and text as they came, with dots unstuffed. */
  data: string;
}

/** The smallest mail server (RFC 5321) that takes everything in, or refuses what it is told to. */
export class SmtpSink {
  readonly mails: SunkMail[] = [];
  /** What RCPT is answered; 2yz takes the recipient. */
  recipientAnswer = '250 ok';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<SmtpSink> {
    let sink: SmtpSink | null = null;
    const server = createServer((socket) => sink?.talk(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sink = new SmtpSink(server, (server.address() as AddressInfo).port);
    return sink;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private talk(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    let mail: SunkMail = { from: '', to: [], data: '' };
    let isData = false;
    let rest = '';
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 sink');
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (isData) {
          if (line !== '.') {
            mail.data += `${line.replace(/^\./, '')}\n`;
            continue;
          }
          isData = false;
          this.mails.push(mail);
          mail = { from: '', to: [], data: '' };
          say('250 taken');
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'MAIL') mail.from = addressIn(line);
        if (verb === 'RCPT') {
          if (this.recipientAnswer.startsWith('2')) mail.to.push(addressIn(line));
          say(this.recipientAnswer);
        } else if (verb === 'DATA') {
          isData = true;
          say('354 go on');
        } else if (verb === 'QUIT') {
          say('221 bye');
          socket.end();
        } else say(KNOWN.has(verb) ? '250 ok' : '502 not here');
      }
    });
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}
