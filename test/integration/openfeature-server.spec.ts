import { type Client, OpenFeature, type Provider } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import {
  exposureHook,
  ExposureSender,
  type Loss,
  trackingProvider,
} from '../../packages/openfeature-exposures/src/openfeature.js';
import { ClientStory } from '../support/client-story.js';
import { at } from '../support/evaluation-views.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UNITS = 300;
const DOMAIN = 'openfeature-server-spec';

/** The only thing the program under test knows of the service is its address and a public key. */
describe('a server with the OpenFeature SDK', () => {
  let it_: TestApp;
  let story: ClientStory;
  let sender: ExposureSender;
  let client: Client;
  const losses: Loss[] = [];

  beforeAll(async () => {
    it_ = await startTestApp();
    story = await ClientStory.begin(it_);
    const url = await it_.app.getUrl();
    sender = new ExposureSender({
      url,
      key: story.publicKey,
      unit: 'visitor',
      flushAt: 100,
      onLoss: (loss) => losses.push(loss),
    });
    const provider = new OFREPProvider({
      baseUrl: url,
      headers: [['Authorization', `Bearer ${story.publicKey}`]],
    });
    await OpenFeature.setProviderAndWait(DOMAIN, trackingProvider<Provider>(provider, sender));
    client = OpenFeature.getClient(DOMAIN).addHooks(exposureHook(sender));
  });
  afterAll(async () => {
    await OpenFeature.close();
    await sender.close();
    await it_.close();
  });

  it('E28: an answer of the service is no exposure, of one flag or of all', async () => {
    const context = { targetingKey: 'visitor-0' };
    const flags = '/ofrep/v1/evaluate/flags';
    await it_.ok('post', `${flags}/checkout`, { context }, story.publicKey);
    await it_.ok('post', flags, { context }, story.publicKey);
    await sender.flush();
    expect(await story.storedExposures()).toEqual([]);
  });

  it('records an exposure for each unit that asked and is in the test, once', async () => {
    const ask = (targetingKey: string) => client.getStringValue('checkout', '', { targetingKey });
    for (let first = 0; first < UNITS; first += 50) {
      const some = Array.from({ length: 50 }, (_, n) => `visitor-${first + n}`);
      const values = await Promise.all(some.map(ask));
      for (const [n, unit] of some.entries()) story.served.set(unit, values[n] ?? '');
    }
    for (const unit of [...story.served.keys()].slice(0, 20)) await ask(unit);
    await sender.flush();
    for (const [unit, value] of story.served) {
      expect([unit, value]).toEqual([unit, story.assigned(unit) ?? 'control']);
    }
    const exposures = await story.storedExposures();
    expect(exposures).toEqual(story.exposures());
    expect(exposures.length).toBeGreaterThan(UNITS * 0.7);
    expect(exposures.length).toBeLessThan(UNITS * 0.9);
    expect(losses).toEqual([]);
  });

  it('E28: track() records what units do next', async () => {
    await it_.moveClock(at(1));
    const clicking = story.clicking();
    for (const targetingKey of clicking) {
      client.track('clicks', { targetingKey }, { value: 2, page: '/pricing' });
    }
    await sender.flush();
    const stored = await it_.sql<{ unit: string }>(
      `SELECT event.unit_id AS unit, event.name, event.value, event.properties, event.source
       FROM event WHERE event.type = 'event'`,
    );
    expect(stored.map(({ unit }) => unit).toSorted()).toEqual(clicking.toSorted());
    expect(stored[0]).toMatchObject({
      name: 'clicks',
      value: 2,
      properties: { page: '/pricing' },
      source: 'browser',
    });
    expect(losses).toEqual([]);
  });

  it('the public key of the client moves no money; the secret key of the shop does', async () => {
    const refused = new Set(await story.sell(story.publicKey));
    expect([...refused]).toEqual(['money-not-allowed']);
    const taken = new Set(await story.sell());
    expect([...taken]).toEqual(['accepted']);
  });

  it('comes to a verdict on exactly the units that met their variant', async () => {
    const result = await story.evaluate();
    expect(result.units).toEqual(story.units());
    expect(result.health).toMatchObject({ crossovers: 0 });
    const { body: verdict } = await it_.ok('get', '/v1/experiments/checkout/verdict');
    expect(verdict).toMatchObject({
      evaluationId: result.id,
      perVariant: [{ variant: 'short', state: 'profit_win' }],
      winner: 'short',
    });
  });
});
