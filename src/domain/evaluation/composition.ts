import type { AnalysisPlan } from '../experiments/plan.js';
import { type CostDeclarations, costCoverage } from '../money/costs.js';
import { minorUnits } from '../money/currencies.js';
import type { SummedPart } from '../money/parts.js';
import { dividedBy, exactInteger, toDouble } from './exact-sums.js';
import type { ArmMoney, CompositionReport, MoneyPart } from './money-report.js';
import type { ArmPieces, CompositionMoments, MetricMoments, PlanMoments } from './moments.js';

/** Of what the money of a metric is made, from exact sums: every part is rounded once, to a double. */

export interface CompositionCase {
  plan: Pick<AnalysisPlan, 'variants' | 'currency' | 'costs'>;
  moments: Pick<MetricMoments, 'matured' | 'running'>;
  composition: CompositionMoments;
  /** The metric counts every name of the ledger, so names of the project's own may be left. */
  isWholeLedger: boolean;
}

/**
 * The parts of each arm's money, in minor units exact and then in major units: of the units whose time
 * has come, or of everybody while there are none. Undefined while nobody was exposed. A kind of cost
 * that nobody knows and nobody sent has no part: nothing is not what it costs.
 */
export function compositionOf(situation: CompositionCase): CompositionReport | undefined {
  const { moments, composition } = situation;
  const basis = hasUnits(moments.matured) ? 'matured' : 'running';
  if (!hasUnits(moments[basis])) return undefined;
  const units = moments[basis].map(({ n }) => n);
  const arms = composition[basis];
  const minorOf = (at: number) => arms.map(({ pieces }) => BigInt(pieces[at] ?? '0'));
  const totals = arms.map(({ total }) => BigInt(total));
  const money = (minor: readonly bigint[]) => armsOf(situation, minor, units);
  const parts = summed(situation, minorOf).map(({ name, how, minor }): MoneyPart => ({
    name,
    how,
    arms: money(minor),
  }));
  if (situation.isWholeLedger) {
    parts.push({ name: 'other', how: 'other', arms: money(restOf(composition, arms)) });
  }
  const leftOut = composition.parts.flatMap(({ name, how }, at) => {
    const minor = how === 'left_out' ? minorOf(at) : [];
    if (minor.every((one) => one === 0n)) return [];
    return [{ name, arms: money(minor).map(({ variant, total }) => ({ variant, total })) }];
  });
  return {
    basis,
    values: 'uncapped',
    parts,
    totals: money(totals).map((one, arm) => ({ ...one, units: units[arm] ?? 0 })),
    ...(leftOut.length === 0 ? {} : { leftOut }),
  };
}

/**
 * What entries amount to that do not count beside a declared cost, by kind: of all arms and all units
 * so far, in major units.
 */
export function amountsLeftOut(
  compositions: NonNullable<PlanMoments['compositions']>,
  currency: string,
): { name: string; amount: number }[] {
  const known = new Map<string, bigint>();
  for (const composition of compositions) {
    for (const [at, { name, how }] of composition?.parts.entries() ?? []) {
      if (how !== 'left_out' || composition === null) continue;
      const minor = sumOf(composition.running.map(({ pieces }) => BigInt(pieces[at] ?? '0')));
      // Of several metrics the one that leaves out most says most.
      if (magnitude(minor) > magnitude(known.get(name) ?? 0n)) known.set(name, minor);
    }
  }
  return [...known].map(([name, minor]) => ({
    name,
    amount: toDouble(exactInteger(minor), minorUnits(currency)),
  }));
}

interface SummedMoney {
  name: string;
  how: MoneyPart['how'];
  minor: bigint[];
}

function summed(
  { composition, plan }: CompositionCase,
  minorOf: (at: number) => bigint[],
): SummedMoney[] {
  const unknown = unknownKinds(plan.costs);
  return composition.parts.flatMap(({ name, how }, at) => {
    if (how === 'left_out') return [];
    const minor = minorOf(at);
    const isSilent = minor.every((one) => one === 0n) && unknown.includes(name);
    return isSilent ? [] : [{ name, how, minor }];
  });
}

function unknownKinds(costs: CostDeclarations): readonly string[] {
  return costCoverage(costs).unknown;
}

/** What each arm has beyond its parts. */
function restOf({ parts }: { parts: readonly SummedPart[] }, arms: readonly ArmPieces[]): bigint[] {
  return arms.map(({ total, pieces }) => {
    const counted = pieces.filter((_, at) => parts[at]?.how !== 'left_out');
    return BigInt(total) - sumOf(counted.map(BigInt));
  });
}

function armsOf(
  { plan }: CompositionCase,
  minor: readonly bigint[],
  units: readonly number[],
): ArmMoney[] {
  const decimals = minorUnits(plan.currency);
  return plan.variants.map(({ key }, arm) => {
    const total = exactInteger(minor[arm] ?? 0n);
    const n = units[arm] ?? 0;
    return {
      variant: key,
      total: toDouble(total, decimals),
      ...(n === 0 ? {} : { perUnit: toDouble(dividedBy(total, BigInt(n)), decimals) }),
    };
  });
}

function hasUnits(arms: MetricMoments['matured']): boolean {
  return arms.some(({ n }) => n > 0);
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
