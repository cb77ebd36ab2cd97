import type { CrashWorld } from './crash-world.js';
import type { Held } from './postgres-proxy.js';

/** Something that ends while a statement is held. */
export interface Crash {
  /** Whether the client can still be told anything. */
  isAnswered: boolean;
  strike: (world: CrashWorld, held: Held, client: AbortController) => Promise<void> | void;
}

export const CRASHES = {
  'kill -9 of the service': { isAnswered: false, strike: (world) => world.killService() },
  'kill -9 of its server process': {
    isAnswered: true,
    strike: (world, held) => world.killBackend(held.backendPid),
  },
  pg_terminate_backend: {
    isAnswered: true,
    strike: async (world, held) => {
      // Until it is gone: a process that is told to end first ends what it does.
      await world.sql('SELECT pg_terminate_backend($1, 10000)', [held.backendPid]);
    },
  },
  'kill -9 of the database': { isAnswered: true, strike: (world) => world.killDatabase() },
  'the connection cut': { isAnswered: true, strike: (_, held) => held.cut() },
  'the client gone': { isAnswered: false, strike: (_, __, client) => client.abort() },
} satisfies Record<string, Crash>;
