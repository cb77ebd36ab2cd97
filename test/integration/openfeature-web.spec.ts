import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { type Client, OpenFeature, type Provider, ProviderStatus } from '@openfeature/web-sdk';
import {
  exposureHook,
  ExposureSender,
  type Loss,
  trackingProvider,
} from '../../packages/openfeature-exposures/src/openfeature.js';
import { ClientStory } from '../support/client-story.js';
import { at } from '../support/evaluation-views.js';
import { eventually } from '../support/eventually.js';
import { launchedExperiment } from '../support/launched-experiment.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const VISITORS = 160;
const DOMAIN = 'openfeature-web-spec';

/** The same client as in a page; what only a browser can show is in test/e2e. */
describe('a page with the OpenFeature web SDK', () => {
  let it_: TestApp;
  let story: ClientStory;
  let sender: ExposureSender;
  let client: Client;
  const losses: Loss[] = [];
  /** Status of each bulk evaluation, in order. */
  const answers: number[] = [];

  const noted: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    answers.push(answer.status);
    return answer;
  };
  const providerOf = (baseUrl: string, key: string): Provider =>
    // Its `hooks` may be undefined, which the SDK's type does not say.
    new OFREPWebProvider({
      baseUrl,
      headers: [['X-API-Key', key]],
      cacheMode: 'disabled',
      fetchImplementation: noted,
    }) as Provider;
  const visit = (targetingKey: string, more: Record<string, string> = {}) =>
    OpenFeature.setContext(DOMAIN, { targetingKey, ...more });

  beforeAll(async () => {
    it_ = await startTestApp();
    story = await ClientStory.begin(it_);
    await launchedExperiment(it_, {
      key: 'poland',
      conditions: [{ property: 'country', operator: 'eq', value: 'PL' }],
      variants: [
        { key: 'control', name: 'Control', weight: 1, control: true },
        { key: 'zloty', name: 'Prices in zloty', weight: 9_999 },
      ],
    });
    const url = await it_.app.getUrl();
    sender = new ExposureSender({
      url,
      key: story.publicKey,
      unit: 'visitor',
      flushAt: 100,
      onLoss: (loss) => losses.push(loss),
    });
    await OpenFeature.setContext(DOMAIN, { targetingKey: 'visitor-0' });
    const provider = trackingProvider(providerOf(url, story.publicKey), sender);
    await OpenFeature.setProviderAndWait(DOMAIN, provider);
    client = OpenFeature.getClient(DOMAIN);
    client.addHooks(exposureHook(sender));
  });
  afterAll(async () => {
    await OpenFeature.close();
    await sender.close();
    await it_.close();
  });

  it('E28: has every value from its start, and nobody is exposed yet', async () => {
    expect(client.providerStatus).toBe(ProviderStatus.READY);
    await visit('visitor-1');
    await sender.flush();
    expect(answers).toEqual([200, 200]);
    expect(await story.storedExposures()).toEqual([]);
  });

  it('is exposed when it asks for the value, and only in the test', async () => {
    for (let n = 0; n < VISITORS; n += 1) {
      const unit = `visitor-${n}`;
      await visit(unit);
      story.served.set(unit, client.getStringValue('checkout', ''));
      client.getStringValue('checkout', '');
    }
    await sender.flush();
    for (const [unit, value] of story.served) {
      expect([unit, value]).toEqual([unit, story.assigned(unit) ?? 'control']);
    }
    const exposures = await story.storedExposures();
    expect(exposures).toEqual(story.exposures());
    expect(exposures.length).toBeLessThan(VISITORS);
    expect(losses).toEqual([]);
  });

  it('E24: the same visitor with other attributes gets the variants of those', async () => {
    const price = () => client.getStringDetails('poland', '');
    await visit('visitor-7', { country: 'DE' });
    expect(price()).toMatchObject({ value: 'control', reason: 'STATIC' });
    expect(price().variant).toBeUndefined();
    await visit('visitor-7', { country: 'PL' });
    expect(answers.at(-1)).toBe(200);
    expect(price()).toMatchObject({ value: 'zloty', variant: 'zloty' });
    // The provider sends the ETag of this very context now.
    await visit('visitor-7', { country: 'PL' });
    expect(answers.at(-1)).toBe(304);
    expect(price()).toMatchObject({ value: 'zloty', variant: 'zloty' });
    await sender.flush();
    const exposed = await it_.sql(
      `SELECT event.unit_id AS unit, event.variant FROM event
       JOIN experiment ON experiment.id = event.experiment_id AND experiment.key = 'poland'`,
    );
    expect(exposed).toEqual([{ unit: 'visitor-7', variant: 'zloty' }]);
  });

  it('E28: what it tracks and what the shop earns come to a verdict', async () => {
    await it_.moveClock(at(1));
    for (const unit of story.clicking()) {
      await visit(unit);
      client.track('clicks', { value: 2 });
    }
    await sender.flush();
    expect(new Set(await story.sell())).toEqual(new Set(['accepted']));
    const result = await story.evaluate();
    expect(result.units).toEqual(story.units());
    const { body: verdict } = await it_.ok('get', '/v1/experiments/checkout/verdict');
    expect(verdict).toMatchObject({ evaluationId: result.id, winner: 'short' });
    expect(losses).toEqual([]);
  });

  it('E27: a revoked key ends a page that opens, not one that is open', async () => {
    const made = await it_.ok('post', '/v1/keys', { kind: 'public', name: 'to be revoked' });
    const { id, secret } = made.body as { id: string; secret: string };
    const url = await it_.app.getUrl();
    const domain = `${DOMAIN}-revoked`;
    await OpenFeature.setContext(domain, { targetingKey: 'visitor-3' });
    await OpenFeature.setProviderAndWait(domain, providerOf(url, secret));
    const open = OpenFeature.getClient(domain);
    const before = open.getStringValue('checkout', 'mine');
    expect(before).not.toBe('mine');
    await it_.ok('delete', `/v1/keys/${id}`);
    const ask = async () =>
      (
        await it_.send(
          'post',
          '/ofrep/v1/evaluate/flags',
          { context: { targetingKey: 'v' } },
          secret,
        )
      ).status;
    expect(await eventually(ask, (status) => status === 401)).toBe(401);

    await OpenFeature.setContext(domain, { targetingKey: 'visitor-3', country: 'PL' });
    expect(answers.at(-1)).toBe(401);
    expect(open.getStringValue('checkout', 'mine')).toBe(before);

    const opening = OpenFeature.setProviderAndWait(`${domain}-new`, providerOf(url, secret));
    await expect(opening).rejects.toThrow();
    const dead = OpenFeature.getClient(`${domain}-new`);
    expect(dead.providerStatus).toBe(ProviderStatus.FATAL);
    expect(dead.getStringValue('checkout', 'mine')).toBe('mine');
  });
});
