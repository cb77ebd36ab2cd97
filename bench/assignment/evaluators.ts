import { GrowthBookClient } from '@growthbook/growthbook';
import { FlagdCore } from '@openfeature/flagd-core';
import { compileFlag } from '../../src/domain/assignment/compile-flag.js';
import { type Measure, median, plain, ratioRows } from '../support/measure.js';
import { contextOf, KEYS, planOf } from './flags.js';

/**
 * The same rule in three evaluators, in this process: two conditions and a split of two arms. By
 * processor time, in turns. GrowthBook hashes as the service does, so that its arms must be the very
 * same; flagd hashes otherwise, so that its arms must be about as large.
 */

const ROUNDS = 7;
/** Units in a cell. */
const UNITS_OF_ONE = 200_000;
const UNITS_OF_ALL = 6_000;
const GOALS = { growthbook: 5, flagd: 2 } as const;

/** Variant of a unit, or null for who is not of the audience. */
type Evaluator = (key: string, context: ReturnType<typeof contextOf>) => string | null;

const EVALUATORS = { ours: createOurs(), growthbook: createGrowthBook(), flagd: createFlagd() };
type Name = keyof typeof EVALUATORS;
const NAMES = Object.keys(EVALUATORS) as Name[];

export function measureEvaluators(scale: number): Measure[] {
  return [
    ...measured('single', KEYS.slice(0, 1), Math.ceil(UNITS_OF_ONE * scale), scale === 1),
    ...measured('pass-of-50', KEYS, Math.ceil(UNITS_OF_ALL * scale), scale === 1),
  ];
}

function measured(
  pass: string,
  keys: readonly string[],
  units: number,
  isJudged: boolean,
): Measure[] {
  const contexts = Array.from({ length: units }, (_, index) => contextOf(index));
  const rounds: Record<Name, number>[] = [];
  // The first rounds warm up and are not counted.
  for (let number = -2; number < ROUNDS; number += 1) {
    const first = (number + 2 * NAMES.length) % NAMES.length;
    const order = [...NAMES.slice(first), ...NAMES.slice(0, first)];
    const arms: Partial<Record<Name, number>> = {};
    const round: Partial<Record<Name, number>> = {};
    for (const name of order) {
      const evaluate = EVALUATORS[name];
      const before = process.cpuUsage();
      arms[name] = treatedOf(evaluate, keys, contexts);
      const { user, system } = process.cpuUsage(before);
      round[name] = (user + system) / (units * keys.length);
    }
    requireSameArms(arms as Record<Name, number>, units * keys.length);
    if (number >= 0) rounds.push(round as Record<Name, number>);
  }
  const costs = NAMES.map((name) =>
    plain(`${name}-${pass}-cpu`, median(rounds.map((round) => round[name])), 'us/flag'),
  );
  const ratios = (['growthbook', 'flagd'] as const).flatMap((name) =>
    ratioRows(
      `perf-G3-${name}-over-ours-${pass}`,
      rounds.map((round) => round[name] / round.ours),
      { is: 'at least', than: GOALS[name], isJudged },
    ),
  );
  return [...costs, ...ratios];
}

function treatedOf(
  evaluate: Evaluator,
  keys: readonly string[],
  contexts: readonly ReturnType<typeof contextOf>[],
): number {
  let treated = 0;
  for (const context of contexts) {
    for (const key of keys) if (evaluate(key, context) === 'treatment') treated += 1;
  }
  return treated;
}

function requireSameArms({ ours, growthbook, flagd }: Record<Name, number>, asked: number): void {
  if (ours !== growthbook) throw new Error(`${ours} treated, by GrowthBook ${growthbook}`);
  const share = flagd / asked;
  if (Math.abs(share - 1 / 3) > 0.05) throw new Error(`flagd treats ${share} instead of a third`);
}

function createOurs(): Evaluator {
  const launchedAt = new Date('2026-03-01T00:00:00Z');
  const flags = new Map(
    KEYS.map((key) => {
      const plan = planOf(key, launchedAt);
      const flag = compileFlag({ status: 'running', plan, decision: null });
      if (flag === null) throw new Error(`${key} is not served`);
      return [key, flag];
    }),
  );
  return (key, context) => {
    const { outcome } = flags.get(key)?.serve(context.targetingKey, context) ?? {};
    return outcome?.inExperiment === true ? outcome.variationId : null;
  };
}

function createGrowthBook(): Evaluator {
  const features = Object.fromEntries(
    KEYS.map((key) => [
      key,
      {
        defaultValue: 'control',
        rules: [
          {
            key,
            seed: key,
            hashAttribute: 'targetingKey',
            hashVersion: 2,
            coverage: 1,
            weights: [0.5, 0.5],
            variations: ['control', 'treatment'],
            condition: { country: { $in: ['DE', 'FR', 'NL'] }, seats: { $gte: 5 } },
          },
        ],
      },
    ]),
  );
  const client = new GrowthBookClient().initSync({ payload: { features } });
  return (key, context) => {
    const { value, source } = client.evalFeature(key, { attributes: context });
    return source === 'experiment' ? (value as string) : null;
  };
}

function createFlagd(): Evaluator {
  const flags = Object.fromEntries(
    KEYS.map((key) => [
      key,
      {
        state: 'ENABLED',
        variants: { control: 'control', treatment: 'treatment' },
        defaultVariant: 'control',
        targeting: {
          if: [
            {
              and: [
                { in: [{ var: 'country' }, ['DE', 'FR', 'NL']] },
                { '>=': [{ var: 'seats' }, 5] },
              ],
            },
            {
              fractional: [
                { cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] },
                ['control', 50],
                ['treatment', 50],
              ],
            },
            null,
          ],
        },
      },
    ]),
  );
  const core = new FlagdCore();
  core.setConfigurations(JSON.stringify({ flags }));
  return (key, context) => {
    const { variant, reason } = core.resolveStringEvaluation(key, 'none', context);
    return reason === 'TARGETING_MATCH' ? (variant ?? null) : null;
  };
}
