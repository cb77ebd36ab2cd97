import { sqlStateOf } from './sql-state.js';

/** The service runs without its database for now: it has not come yet. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
  constructor(message = 'there is no connection to the database yet') {
    super(message);
  }
}

/** Classes of SQLSTATE that mean "not now": connection, resources, operator intervention. */
const AWAY = /^(08|53|57)/;
/** What the driver says of a connection that is gone, or that did not come in time. */
const LOST = new RegExp(
  '^(Connection terminated|Client has encountered a connection error|' +
    'timeout exceeded when trying to connect|timeout expired|Query read timeout)',
);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether an error says that the database cannot be asked at the moment, and not that it said no. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  const state = sqlStateOf(error);
  if (state !== null && AWAY.test(state)) return true;
  const { code, message, name } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    name?: unknown;
  };
  return (
    // What TypeORM says of the next statement when the connection has gone between two of them.
    name === 'QueryRunnerAlreadyReleasedError' ||
    (typeof code === 'string' && NETWORK.has(code)) ||
    (typeof message === 'string' && LOST.test(message))
  );
}

/**
 * The answer, if it comes in time. A connection that has silently died would be waited for as long as
 * the system goes on sending, which is a quarter of an hour.
 * @throws DatabaseAway
 */
export async function answeredWithin<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new DatabaseAway('the database does not answer in time')), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
