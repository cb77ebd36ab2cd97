import { Client, type QueryConfig } from 'pg';
import { isDatabaseAway } from '../database/database-away.js';
import type { Queries } from '../database/queries.js';

const CONNECT_MS = 2_000;
/** A link that has gone silent must not be waited for. */
const QUICK_MS = 2_000;
const PATIENT_MS = 20_000;
const CHANNEL = 'becausal_config';

/** Two ways to ask over it, which differ in how long they wait for an answer. */
export interface Link {
  quick: Queries;
  patient: Queries;
}

/**
 * One connection beside the pool, so that no load on the pool delays what is served: it listens for
 * changes, and what is served is read through it. Whatever fails on it ends it; the next use makes
 * another.
 */
export class LiveConnection {
  private client: Client | null = null;

  /** @param onNotice Called when something may have changed: a replica says so, or the link is lost. */
  constructor(
    private readonly url: string,
    private readonly onNotice: () => void,
  ) {}

  /**
   * @param work Only reads: where a connection of before turns out to be lost, it is done again
   * @throws Error when the database does not answer, or as `work` does
   */
  async use<T>(work: (link: Link) => Promise<T>): Promise<T> {
    const before = this.client;
    try {
      return await this.attempt(before ?? (await this.connect()), work);
    } catch (error) {
      if (before === null || !isDatabaseAway(error)) throw error;
      return await this.attempt(await this.connect(), work);
    }
  }

  close(): void {
    if (this.client !== null) this.giveUp(this.client);
  }

  private async attempt<T>(client: Client, work: (link: Link) => Promise<T>): Promise<T> {
    try {
      return await work({
        quick: queriesOf(client, QUICK_MS),
        patient: queriesOf(client, PATIENT_MS),
      });
    } catch (error) {
      this.giveUp(client);
      throw error;
    }
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'becausal-live',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUICK_MS,
      options: '-c timezone=UTC -c jit=off',
    });
    // Without a listener a lost connection would end the process.
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', () => this.onNotice());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.giveUp(client);
      throw error;
    }
    this.client = client;
    return client;
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.giveUp(client);
    this.onNotice();
  }

  /** Closing takes as long as the other side wants; nobody waits for it. */
  private giveUp(client: Client): void {
    if (this.client === client) this.client = null;
    client.end().catch(() => undefined);
  }
}

function queriesOf(client: Client, query_timeout: number): Queries {
  return {
    query: async <T>(text: string, values: unknown[] = []): Promise<T> => {
      const asked: QueryConfig & { query_timeout: number } = { text, values, query_timeout };
      return (await client.query(asked)).rows as T;
    },
  };
}
