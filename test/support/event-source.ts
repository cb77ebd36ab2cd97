/** An event of a stream, as listeners get it. */
interface Message {
  type: string;
  data: string;
  lastEventId: string;
}

const CLOSED = 2;

/**
 * What browsers call EventSource and Node.js has not, as far as SDKs need it: it opens one stream,
 * reads events by name, and does not come back by itself when the stream ends.
 *
 * Source: HTML standard, section 9.2.
 */
export class FetchEventSource {
  /** Every one that was opened. */
  static readonly opened: FetchEventSource[] = [];

  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: ((error: unknown) => void) | null = null;
  /** The last id that was told. */
  lastEventId = '';
  private readonly listeners = new Map<string, ((message: Message) => void)[]>();
  private readonly stop = new AbortController();

  constructor(readonly url: string) {
    FetchEventSource.opened.push(this);
    this.read().catch((error: unknown) => {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.onerror?.(error);
    });
  }

  addEventListener(type: string, listener: (message: Message) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  close(): void {
    this.readyState = CLOSED;
    this.stop.abort();
  }

  private async read(): Promise<void> {
    const answer = await fetch(this.url, {
      headers: { accept: 'text/event-stream' },
      signal: this.stop.signal,
    });
    const type = answer.headers.get('content-type') ?? '';
    if (!answer.ok || !type.startsWith('text/event-stream') || answer.body === null) {
      throw new Error(`no stream: ${answer.status} ${type}`);
    }
    this.readyState = 1;
    this.onopen?.();
    let text = '';
    const decoder = new TextDecoder();
    for await (const piece of answer.body) {
      text += decoder.decode(piece as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.dispatch(block);
    }
    throw new Error('the stream has ended');
  }

  private dispatch(block: string): void {
    const fields = block.split('\n').map((line): [string, string] => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trimStart()];
    });
    const of = (name: string) =>
      fields.filter(([field]) => field === name).map(([, value]) => value);
    this.lastEventId = of('id')[0] ?? this.lastEventId;
    const data = of('data').join('\n');
    if (data === '') return;
    const type = of('event')[0] ?? 'message';
    const message = { type, data, lastEventId: this.lastEventId };
    for (const listener of this.listeners.get(type) ?? []) listener(message);
  }
}
