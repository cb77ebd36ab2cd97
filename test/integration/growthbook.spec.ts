import { clearCache, GrowthBookClient } from '@growthbook/growthbook';
import { growthbookTrackingPlugin } from '@growthbook/growthbook/plugins';
import { ClientStory } from '../support/client-story.js';
import { at } from '../support/evaluation-views.js';
import { eventually } from '../support/eventually.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UNITS = 400;

/** The program under test knows nothing of the service but its address and a public key. */
describe('a program with the GrowthBook SDK and its tracking plugin', () => {
  let it_: TestApp;
  let story: ClientStory;
  let client: GrowthBookClient;

  beforeAll(async () => {
    it_ = await startTestApp();
    story = await ClientStory.begin(it_);
    const url = await it_.app.getUrl();
    client = new GrowthBookClient({
      apiHost: url,
      clientKey: story.publicKey,
      plugins: [growthbookTrackingPlugin({ ingestorHost: url, queueFlushInterval: 20 })],
    });
  });
  afterAll(async () => {
    client.destroy();
    await clearCache();
    await it_.close();
  });

  const countOf = async (name: string): Promise<number> => {
    const rows = await it_.sql(`SELECT 1 FROM event WHERE event.name = $1`, [name]);
    return rows.length;
  };

  it('gets its features, which is no exposure', async () => {
    expect(await client.init({ streaming: false })).toEqual({ success: true, source: 'network' });
    expect(Object.keys(client.getFeatures())).toEqual(['checkout']);
    expect(await story.storedExposures()).toEqual([]);
  });

  it('records an exposure for each unit that asked and is in the test, once', async () => {
    for (let n = 0; n < UNITS; n += 1) {
      const id = `visitor-${n}`;
      const attributes = { id, country: 'PL' };
      story.served.set(id, client.getFeatureValue('checkout', '', { attributes }));
    }
    for (const [unit, value] of story.served) {
      expect([unit, value]).toEqual([unit, story.assigned(unit) ?? 'control']);
    }
    const expected = story.exposures();
    const stored = () => story.storedExposures();
    expect(await eventually(stored, ({ length }) => length === expected.length)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(UNITS * 0.7);
    expect(expected.length).toBeLessThan(UNITS * 0.9);
    // Nothing reads the attributes that the plugin sends unasked.
    const kept = await it_.sql(
      `SELECT 1 FROM event WHERE event.type = 'exposure'
         AND (event.properties IS NOT NULL OR event.source <> 'browser')`,
    );
    expect(kept).toEqual([]);
  });

  it('records what units do next', async () => {
    await it_.moveClock(at(1));
    const clicking = story.clicking();
    for (const id of clicking) {
      client.logEvent('clicks', { value: 2, page: '/pricing' }, { attributes: { id } });
    }
    await eventually(
      () => countOf('clicks'),
      (count) => count === clicking.length,
    );
    const stored = await it_.sql<{ unit: string }>(
      `SELECT event.unit_id AS unit, event.unit_kind, event.value, event.properties, event.source
       FROM event WHERE event.name = 'clicks'`,
    );
    expect(stored.map(({ unit }) => unit).toSorted()).toEqual(clicking.toSorted());
    expect(stored[0]).toMatchObject({
      unit_kind: 'visitor',
      value: 2,
      properties: { value: 2, page: '/pricing' },
      source: 'browser',
    });
  });

  it('comes to a verdict on exactly the units that met their variant', async () => {
    expect([...new Set(await story.sell())]).toEqual(['accepted']);
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
