import { randomUUID } from 'node:crypto';
import { assignVariant } from '../../src/domain/assignment/assign-variant.js';
import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import { AssignmentConfigReader } from '../../src/modules/assignments/assignment-config.reader.js';
import { evaluatedExperiment } from './evaluated-experiment.js';
import { AFTER_ALL, at, ENDED, START } from './evaluation-views.js';
import { verdictsOf } from './event-senders.js';
import type { TestApp } from './test-app.js';

/**
 * The part of a test that every client has in common: an experiment `checkout` on four fifths of all
 * visitors, in which `short` leads to more clicks and larger sales than `control`, and what is to be
 * learned from it when its units came by a client.
 */
export class ClientStory {
  /** What each unit was served, in the order they came. */
  readonly served = new Map<string, string>();

  private constructor(
    private readonly app: TestApp,
    /** The variant the unit is in, or null outside the test. */
    readonly assigned: (unitId: string) => string | null,
    readonly publicKey: string,
  ) {}

  static async begin(app: TestApp): Promise<ClientStory> {
    await app.moveClock(START);
    const { plan } = await evaluatedExperiment(app, {
      assignment: 'internal',
      traffic: 0.8,
      launchedAt: START,
      enrolmentEndedAt: ENDED,
    });
    await app.app.get(AssignmentConfigReader, { strict: false }).refresh();
    const key = await app.ok('post', '/v1/keys', { kind: 'public', name: 'app' });
    return new ClientStory(
      app,
      (unitId) => assignVariant({ ...plan, unitId }).variantKey,
      (key.body as { secret: string }).secret,
    );
  }

  /** Units in the test, with what an exposure of theirs says. */
  exposures(): string[] {
    return [...this.served.keys()]
      .filter((unit) => this.assigned(unit) !== null)
      .map((unit) => `${unit} ${this.assigned(unit)}`)
      .toSorted();
  }

  /** The exposures in the log, in the same words. */
  async storedExposures(): Promise<string[]> {
    const rows = await this.app.sql<{ unit: string; variant: string }>(
      `SELECT event.unit_id AS unit, event.variant FROM event WHERE event.type = 'exposure'`,
    );
    return rows.map(({ unit, variant }) => `${unit} ${variant}`).toSorted();
  }

  /** Those of the served that click: twice as many where the checkout is short. */
  clicking(): string[] {
    return [...this.served].flatMap(([unit, value], n) =>
      n % 10 < (value === 'short' ? 6 : 3) ? [unit] : [],
    );
  }

  /** Every second unit buys, for three times as much where the checkout is short. */
  async sell(key?: string): Promise<string[]> {
    await this.app.moveClock(at(2));
    const events = [...this.served].flatMap(([unit, value], n) =>
      n % 2 === 0
        ? [
            {
              id: randomUUID(),
              type: 'money',
              unit: { kind: 'visitor', id: unit },
              occurredAt: at(2),
              name: 'revenue',
              amountMinor: (value === 'short' ? 6_000 : 2_000) + (n % 7),
              currency: 'USD',
            },
          ]
        : [],
    );
    return await verdictsOf(this.app, { events }, key);
  }

  /** Evaluates when all money is in. */
  async evaluate(): Promise<EvaluationResult> {
    await this.app.moveClock(AFTER_ALL);
    const answer = await this.app.ok('post', '/v1/experiments/checkout/evaluations');
    return answer.body as EvaluationResult;
  }

  /** How many units each variant has, by the assignment function alone. */
  units(): EvaluationResult['units'] {
    const assigned = [...this.served.keys()].map(this.assigned);
    return ['control', 'short'].map((variant) => ({
      variant,
      n: assigned.filter((key) => key === variant).length,
    }));
  }
}
