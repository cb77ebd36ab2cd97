import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status: number;
  headers?: Record<string, string>;
}

/** A chat that takes incoming webhooks: keeps what was posted, by path, and answers what it is told. */
export class WebhookReceiver {
  private readonly posted = new Map<string, string[]>();
  private readonly answers = new Map<string, Answer | 'wait'>();
  private readonly waiting: ServerResponse[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    let receiver: WebhookReceiver | null = null;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => receiver?.take(request.url ?? '', body, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver = new WebhookReceiver(server, (server.address() as AddressInfo).port);
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** What this path answers from now on; `wait`: nothing until `release`. */
  answer(path: string, answer: Answer | 'wait'): void {
    this.answers.set(path, answer);
  }

  release(): void {
    for (const response of this.waiting.splice(0)) response.writeHead(200).end();
  }

  /** The texts that were posted to this path, oldest first. */
  textsAt(path: string): string[] {
    return (this.posted.get(path) ?? []).map((body) => (JSON.parse(body) as { text: string }).text);
  }

  private take(path: string, body: string, response: ServerResponse): void {
    this.posted.set(path, [...(this.posted.get(path) ?? []), body]);
    const answer = this.answers.get(path) ?? { status: 200 };
    if (answer === 'wait') this.waiting.push(response);
    else response.writeHead(answer.status, answer.headers).end('ok');
  }
}
