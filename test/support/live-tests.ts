import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import type { TestApp } from './test-app.js';

/** Tests that run without evidence: A/A, launched over the API as anybody would. */

export interface ServedAnswer {
  variant?: string;
  value: unknown;
  reason: string;
  metadata: { variationId: string; inExperiment: boolean };
}

/** A body that every gate lets pass. */
export function aaBody(key: string, changes: object = {}): Record<string, unknown> {
  return {
    key,
    name: `Test ${key}`,
    kind: 'aa',
    unit: 'visitor',
    variants: [
      { key: 'control', name: 'As it is', weight: 1, control: true },
      { key: 'total', name: 'The same', weight: 1 },
    ],
    audience: { populations: ['lead'] },
    metrics: { leading: 'profit' },
    ...changes,
  };
}

/** Creates and launches it, and answers the plan. */
export async function launchedOverApi(
  app: TestApp,
  key: string,
  changes: object = {},
): Promise<AnalysisPlan> {
  await app.ok('post', '/v1/experiments', aaBody(key, changes));
  await app.ok('post', `/v1/experiments/${key}/launch`);
  return await planOf(app, key);
}

/** The plan in force. */
export async function planOf(app: TestApp, key: string): Promise<AnalysisPlan> {
  const { body } = await app.ok('get', `/v1/experiments/${key}/plan`);
  return (body as { current: { plan: AnalysisPlan } }).current.plan;
}

/** Everything committed is served from now on. */
export async function serveNow(app: TestApp): Promise<void> {
  await app.app.get(AssignmentConfigReader, { strict: false }).refresh();
}

/** What a client with this context gets. */
export async function served(app: TestApp, key: string, context: object): Promise<ServedAnswer> {
  const { body } = await app.ok('post', `/ofrep/v1/evaluate/flags/${key}`, { context });
  return body as ServedAnswer;
}

/** What a client gets of every flag, by key. */
export async function servedAll(
  app: TestApp,
  context: object,
): Promise<ReadonlyMap<string, ServedAnswer>> {
  const { body } = await app.ok('post', '/ofrep/v1/evaluate/flags', { context });
  const { flags } = body as { flags: (ServedAnswer & { key: string })[] };
  return new Map(flags.map((flag) => [flag.key, flag]));
}
