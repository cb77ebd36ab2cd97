import type { EvaluationContext, EvaluationDetails, HookContext } from '@openfeature/core';
import {
  exposureHook,
  trackingProvider,
} from '../../../packages/openfeature-exposures/src/openfeature.js';
import { answering, SenderWorld } from './sender-world.js';

const METADATA = {
  experimentId: '0197c1a4-1f3e-7c55-b2a8-6d1f0a9c3e71',
  experimentKey: 'checkout',
  variationId: 'short',
  unit: 'user',
  phase: 'running',
  bucket: 7,
  inExperiment: true,
};
const NO_LOGGER = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

function hookContext(context: EvaluationContext): HookContext {
  return {
    flagKey: 'checkout',
    defaultValue: '',
    flagValueType: 'string',
    context,
    clientMetadata: { providerMetadata: { name: 'p' } },
    providerMetadata: { name: 'p' },
    logger: NO_LOGGER,
    hookData: new Map() as unknown as HookContext['hookData'],
  };
}

function details(changes: Record<string, string | number | boolean | undefined> = {}) {
  const flagMetadata = Object.fromEntries(
    Object.entries({ ...METADATA, ...changes }).filter(([, value]) => value !== undefined),
  );
  return { flagKey: 'checkout', value: 'short', flagMetadata } as EvaluationDetails<string>;
}

describe('exposureHook', () => {
  const asked = async (
    evaluations: readonly [EvaluationContext, ReturnType<typeof details>][],
    options = {},
  ) => {
    const world = new SenderWorld();
    const hook = exposureHook(world.sender, options);
    for (const [context, evaluation] of evaluations) hook.after(hookContext(context), evaluation);
    await world.sender.flush();
    return { world, events: world.batches.flatMap(({ events }) => events) };
  };

  it('records who met which variant of which experiment', async () => {
    const { events } = await asked([[{ targetingKey: 'u-1' }, details()]]);
    expect(events).toMatchObject([
      {
        type: 'exposure',
        unit: { kind: 'user', id: 'u-1' },
        experiment: 'checkout',
        variant: 'short',
      },
    ]);
    expect(events[0]).not.toHaveProperty('attributes');
  });

  it.each([
    ['outside the test', { inExperiment: false }],
    ['a flag of somebody else', { inExperiment: undefined }],
    ['a flag that says so in text', { inExperiment: 'true' }],
    ['a flag of somebody else who says so too', { unit: undefined }],
  ])('records nothing for %s', async (_name, changes) => {
    const { events, world } = await asked([[{ targetingKey: 'u-1' }, details(changes)]]);
    expect([events, world.losses]).toEqual([[], []]);
  });

  it.each([
    ['the member named like the unit', { targetingKey: 't', user: 'u-1' }, 'user', 'user', 'u-1'],
    ['the targeting key without it', { targetingKey: 't', visitor: 'v' }, 'user', 'user', 't'],
    ['the account', { targetingKey: 't', account: 'acme' }, 'account', 'account', 'acme'],
  ])('is about %s', async (_name, context, unit, kind, id) => {
    const { events } = await asked([[context, details({ unit })]]);
    expect(events.map((event) => event['unit'])).toEqual([{ kind, id }]);
  });

  it('records each unit and variant once, however often the flag is asked', async () => {
    const { events } = await asked([
      [{ targetingKey: 'a' }, details()],
      [{ targetingKey: 'a' }, details()],
      [{ targetingKey: 'b' }, details()],
      [{ targetingKey: 'a' }, details({ variationId: 'control' })],
      [{ targetingKey: 'a' }, details({ experimentKey: 'other' })],
      [{ targetingKey: 'a' }, details()],
    ]);
    expect(events).toHaveLength(4);
  });

  it('remembers the latest, and no more than it may', async () => {
    const { events } = await asked(
      ['a', 'b', 'a', 'c', 'a', 'b'].map((targetingKey) => [{ targetingKey }, details()]),
      { rememberedMax: 2 },
    );
    expect(events.map(({ unit }) => (unit as { id: string }).id)).toEqual(['a', 'b', 'c', 'b']);
  });

  it('sends the attributes it was told to, and nothing else of the context', async () => {
    const context = { targetingKey: 'a', country: 'PL', email: 'a@b.example' };
    const { events } = await asked([[context, details()]], { attributes: ['country', 'plan'] });
    expect(events.map(({ attributes }) => attributes)).toEqual([{ country: 'PL' }]);
  });

  it('says that nobody was named', async () => {
    const { world } = await asked([[{}, details()]]);
    expect(world.losses).toMatchObject([{ reason: 'no-unit' }]);
  });

  it('records again what was lost, and not what was rejected', async () => {
    const world = new SenderWorld({ queueMax: 1, flushAt: 1 });
    const hook = exposureHook(world.sender);
    const meet = (targetingKey: string) => hook.after(hookContext({ targetingKey }), details());
    world.replies = [answering(403)];
    meet('refused');
    meet('no-room');
    await world.sender.flush();
    meet('refused');
    meet('no-room');
    await world.sender.flush();
    expect(world.batches.map(({ events }) => events.map(({ unit }) => unit))).toEqual([
      [{ kind: 'user', id: 'refused' }],
      [{ kind: 'user', id: 'no-room' }],
    ]);
  });
});

describe('trackingProvider', () => {
  it('E28: makes track() an event of the unit, its value and the rest of it', async () => {
    const world = new SenderWorld({ unit: 'account' });
    const provider = trackingProvider({ runsOn: 'server' as const }, world.sender);
    expect(provider.runsOn).toBe('server');
    const context = { targetingKey: 'u-1', account: 'acme' };
    provider.track('invoice-read', context, { value: 3, page: '/bills', at: new Date(0) });
    provider.track('left', context, {});
    await world.sender.flush();
    const common = { type: 'event', unit: { kind: 'account', id: 'acme' } };
    expect(world.batches[0]?.events).toEqual([
      {
        ...common,
        name: 'invoice-read',
        value: 3,
        properties: { page: '/bills', at: '1970-01-01T00:00:00.000Z' },
        id: expect.any(String),
        occurredAt: expect.any(String),
      },
      { ...common, name: 'left', id: expect.any(String), occurredAt: expect.any(String) },
    ]);
  });

  it('leaves a track() that was there in place, and says that nobody was named', () => {
    const world = new SenderWorld();
    class Own {
      readonly tracked: string[] = [];
      track(name: string): void {
        this.tracked.push(name);
      }
    }
    const provider = trackingProvider(new Own(), world.sender);
    provider.track('signup', {}, {});
    expect(provider.tracked).toEqual(['signup']);
    expect(world.losses).toMatchObject([{ reason: 'no-unit' }]);
  });
});
