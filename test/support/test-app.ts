import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Response } from 'supertest';
import { DataSource } from 'typeorm';
import { createApplication } from '../../src/app.setup.js';
import { Clock } from '../../src/platform/clock/clock.js';
import type { Config } from '../../src/platform/config/config.js';
import { Logger } from '../../src/platform/logging/logger.js';
import { cloneDatabase } from './database.js';
import { ADMIN_KEY, testConfig } from './test-config.js';

type Method = 'get' | 'post' | 'put' | 'delete' | 'patch';

/** The whole application in this process on a database of its own, spoken to over HTTP. */
export interface TestApp {
  app: NestFastifyApplication;
  databaseUrl: string;
  /** Sends JSON with the admin key, or with `key`; no status is expected. */
  send(method: Method, path: string, body?: object, key?: string | null): Promise<Response>;
  /** As `send`, and throws with the whole answer unless it is 2xx. */
  ok(method: Method, path: string, body?: object, key?: string | null): Promise<Response>;
  /** Posts a file as it is, with its media type. */
  upload(path: string, type: string, bytes: string | Uint8Array, key?: string): Promise<Response>;
  sql<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  moveClock(instant: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param databaseUrl The database of another test application, to be a second replica of it: then
 *   it is the other one that drops the database.
 */
export async function startTestApp(
  changes: Partial<Config> = {},
  databaseUrl?: string,
): Promise<TestApp> {
  const database =
    databaseUrl === undefined
      ? await cloneDatabase()
      : { url: databaseUrl, drop: () => Promise.resolve() };
  const app = await createApplication(testConfig(changes), database.url, Logger.create('silent'));
  await app.listen(0, '127.0.0.1');
  const agent = request(app.getHttpServer());
  const send: TestApp['send'] = (method, path, body, key = ADMIN_KEY) => {
    let call = agent[method](path);
    if (key !== null) call = call.set('authorization', `Bearer ${key}`);
    return body === undefined ? call : call.send(body);
  };
  return {
    app,
    databaseUrl: database.url,
    send,
    ok: async (method, path, body, key) => {
      const response = await send(method, path, body, key);
      if (response.status < 200 || response.status > 299) {
        throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(response.body)}`);
      }
      return response;
    },
    upload: (path, type, bytes, key = ADMIN_KEY) =>
      agent
        .post(path)
        .set('authorization', `Bearer ${key}`)
        .set('content-type', type)
        // A buffer under a JSON type would be sent as JSON of a buffer.
        .send(typeof bytes === 'string' ? bytes : Buffer.from(bytes)),
    sql: async <T>(text: string, values: unknown[] = []) =>
      (await app.get(DataSource).query(text, values)) as T[],
    moveClock: (instant) => app.get(Clock).moveTo(new Date(instant)),
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}
