import Analytics from '@rudderstack/rudder-sdk-node';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { expectProfit, playOrders } from '../support/tracked-orders.js';

describe('RudderStack’s client for Node', () => {
  let app: TestApp;
  /** How each request was labelled. */
  const labels: unknown[] = [];
  beforeAll(async () => {
    app = await startTestApp();
    app.app.getHttpServer().prependListener('request', (message: { headers: object }) => {
      const { 'content-type': type, 'content-encoding': encoding } = message.headers as Record<
        string,
        unknown
      >;
      if (encoding !== undefined) labels.push([type, encoding]);
    });
  });
  afterAll(() => app.close());

  it('E03: from its first call, gzip labelled as a form, to money in an evaluation', async () => {
    const { secret } = (await app.ok('post', '/v1/keys', { kind: 'write', name: 'rudder' })).body;
    const { port } = app.app.getHttpServer().address() as { port: number };
    const failures: unknown[] = [];
    const analytics = new Analytics(secret as string, {
      dataPlaneUrl: `http://127.0.0.1:${port}`,
      flushAt: 100,
      flushInterval: 60_000,
      logLevel: 'none',
      errorHandler: (error: unknown) => failures.push(error),
    });
    const result = await playOrders(app, {
      track: (message) => analytics.track(message as never),
      identify: (message) => analytics.identify(message),
      alias: (message) => analytics.alias(message),
      // The first flush only waits for what the first call has begun.
      flush: async () => {
        await analytics.flush();
        await analytics.flush();
      },
    });
    expect(failures).toEqual([]);
    expect(new Set(labels.map(String))).toEqual(
      new Set(['application/x-www-form-urlencoded,gzip']),
    );
    expectProfit(result);
    const letters = await app.ok('get', '/v1/dead-letters');
    expect(letters.body.data).toEqual([]);
  });
});
