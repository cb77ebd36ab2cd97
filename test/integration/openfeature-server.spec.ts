import { type Client, OpenFeature, type Provider } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { randomUUID } from 'node:crypto';
import {
  exposureHook,
  ExposureSender,
  type Loss,
  trackingProvider,
} from '../../packages/openfeature-exposures/src/openfeature.js';
import { assignVariant } from '../../src/domain/assignment/assign-variant.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import { evaluatedExperiment } from '../support/evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, START } from '../support/evaluation-views.js';
import { verdictsOf } from '../support/event-senders.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UNITS = 400;
const DOMAIN = 'openfeature-server-spec';

/** The only thing the program under test knows of the service is its address and a public key. */
describe('a server with the OpenFeature SDK', () => {
  let it_: TestApp;
  let plan: AnalysisPlan;
  let sender: ExposureSender;
  let client: Client;
  let publicKey: string;
  const losses: Loss[] = [];
  const served = new Map<string, string>();

  beforeAll(async () => {
    it_ = await startTestApp();
    await it_.moveClock(START);
    ({ plan } = await evaluatedExperiment(it_, {
      assignment: 'internal',
      traffic: 0.8,
      launchedAt: START,
      enrolmentEndedAt: ENDED,
    }));
    await it_.app.get(AssignmentConfigReader, { strict: false }).refresh();
    publicKey = (await it_.ok('post', '/v1/keys', { kind: 'public', name: 'app' })).body.secret;
    const url = await it_.app.getUrl();
    sender = new ExposureSender({
      url,
      key: publicKey,
      unit: 'visitor',
      flushAt: 100,
      onLoss: (loss) => losses.push(loss),
    });
    const provider = new OFREPProvider({
      baseUrl: url,
      headers: [['Authorization', `Bearer ${publicKey}`]],
    });
    await OpenFeature.setProviderAndWait(DOMAIN, trackingProvider<Provider>(provider, sender));
    client = OpenFeature.getClient(DOMAIN).addHooks(exposureHook(sender));
  });
  afterAll(async () => {
    await OpenFeature.close();
    await sender.close();
    await it_.close();
  });

  const assigned = (unitId: string) => assignVariant({ ...plan, unitId }).variantKey;
  const stored = async (type: string) =>
    await it_.sql<{ unit: string; variant: string | null; name: string | null; source: string }>(
      `SELECT event.unit_id AS unit, event.variant, event.name, event.source FROM event
       WHERE event.type = $1`,
      [type],
    );

  it('E28: an answer of the service is no exposure, of one flag or of all', async () => {
    const context = { targetingKey: 'visitor-0' };
    await it_.ok('post', '/ofrep/v1/evaluate/flags/checkout', { context }, publicKey);
    await it_.ok('post', '/ofrep/v1/evaluate/flags', { context }, publicKey);
    await sender.flush();
    expect(await stored('exposure')).toEqual([]);
  });

  it('records an exposure for each unit that asked and is in the test, once', async () => {
    for (let first = 0; first < UNITS; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const targetingKey = `visitor-${first + n}`;
          served.set(targetingKey, await client.getStringValue('checkout', '', { targetingKey }));
        }),
      );
    }
    for (let n = 0; n < 20; n += 1) {
      await client.getStringValue('checkout', '', { targetingKey: `visitor-${n}` });
    }
    await sender.flush();
    const inTest = [...served.keys()].filter((unit) => assigned(unit) !== null);
    expect(inTest.length).toBeGreaterThan(UNITS * 0.7);
    expect(inTest.length).toBeLessThan(UNITS * 0.9);
    const exposures = await stored('exposure');
    expect(
      exposures.map(({ unit, variant, source }) => `${unit} ${variant} ${source}`).toSorted(),
    ).toEqual(inTest.map((unit) => `${unit} ${assigned(unit)} browser`).toSorted());
    expect([...served].filter(([unit, value]) => (assigned(unit) ?? 'control') !== value)).toEqual(
      [],
    );
    expect(losses).toEqual([]);
  });

  it('E28: track() records what units do next', async () => {
    await it_.moveClock(at(1));
    for (const [unit, value] of served) {
      const n = Number(unit.slice('visitor-'.length));
      if (n % 10 < (value === 'short' ? 6 : 3)) {
        client.track('clicks', { targetingKey: unit }, { value: 2, page: '/pricing' });
      }
    }
    await sender.flush();
    const clicks = await stored('event');
    expect(clicks.length).toBeGreaterThan(100);
    expect(clicks.every(({ name }) => name === 'clicks')).toBe(true);
    expect(losses).toEqual([]);
  });

  it('the public key of the client moves no money; the secret key of the shop does', async () => {
    await it_.moveClock(at(2));
    const sales = [...served]
      .filter((_, n) => n % 2 === 0)
      .map(([unit, value], n) => ({
        id: randomUUID(),
        type: 'money',
        unit: { kind: 'visitor', id: unit },
        occurredAt: at(2),
        name: 'revenue',
        amountMinor: (value === 'short' ? 6_000 : 2_000) + (n % 7),
        currency: 'USD',
      }));
    expect(await verdictsOf(it_, { events: sales }, publicKey)).toEqual(
      sales.map(() => 'money-not-allowed'),
    );
    expect(await verdictsOf(it_, { events: sales })).toEqual(sales.map(() => 'accepted'));
  });

  it('comes to a verdict on exactly the units that met their variant', async () => {
    await it_.moveClock(AFTER_ALL);
    const result = (await it_.ok('post', '/v1/experiments/checkout/evaluations'))
      .body as EvaluationResult;
    const met = [...served.keys()].map(assigned);
    expect(result.units).toEqual(
      ['control', 'short'].map((variant) => ({
        variant,
        n: met.filter((key) => key === variant).length,
      })),
    );
    expect(result.health).toMatchObject({ crossovers: 0 });
    const { body: verdict } = await it_.ok('get', '/v1/experiments/checkout/verdict');
    expect(verdict).toMatchObject({
      evaluationId: result.id,
      perVariant: [{ variant: 'short', state: 'profit_win' }],
      winner: 'short',
    });
  });
});
