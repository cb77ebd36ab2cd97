import { createHash } from 'node:crypto';
import type {
  ArmMoments,
  CompositionMoments,
  PlanMoments,
} from '../../src/domain/evaluation/moments.js';
import { type Column, COLUMNS_OF, type Group, pairOf } from './best-statement.sql.js';
import { METRICS, VARIANTS } from './experiment.js';

/** Minor units of the currency in one major unit. */
const MINOR = 100;

/** Columns of the statement that are named after a metric. */
const PIECE_COLUMNS: Readonly<Record<string, Column>> = { support_cost: 'support' };

/** How far the numbers of the service are from those of the one statement, each by its own spread. */
export class Agreement {
  private worst = 0;
  private numbers = 0;
  private readonly hash = createHash('sha256');

  constructor(groups: readonly Group[], moments: PlanMoments) {
    for (const [arm, variant] of VARIANTS.entries()) {
      const ofArm = groups.filter((group) => group.variant === variant);
      this.same(moments.units[arm], sumOf(ofArm, 'n'), 1);
      for (const [at, { key, kind }] of METRICS.entries()) {
        const found = moments.metrics[at];
        if (found?.key !== key) throw new Error(`metric ${at} of the moments is not ${key}`);
        const matured = ofArm.filter((group) =>
          kind === 'money' ? group.is_settled : group.is_complete,
        );
        this.sameArm(key, ofArm, found.running[arm]);
        this.sameArm(key, matured, found.matured[arm]);
        if (kind !== 'money') continue;
        this.samePieces(ofArm, moments.compositions?.[at], 'running', arm);
        this.samePieces(matured, moments.compositions?.[at], 'matured', arm);
      }
      this.sameProducts(ofArm, arm, moments);
    }
    this.same(moments.lateEvents, sumOf(groups, 'late'), 1);
    this.same(moments.crossovers, groups[0]?.sums['crossovers'] ?? NaN, 1);
    this.same(moments.overRefunded, groups[0]?.sums['over_refunded'] ?? NaN, 1);
  }

  /** @returns the largest difference and a checksum of what was compared */
  result(): { worst: number; numbers: number; checksum: string } {
    const checksum = this.hash.copy().digest('hex').slice(0, 16);
    return { worst: this.worst, numbers: this.numbers, checksum };
  }

  private sameArm(key: string, groups: readonly Group[], arm: ArmMoments | undefined): void {
    const columns = COLUMNS_OF[key] ?? [];
    if (arm?.mean.length !== columns.length) throw new Error(`${key} has other columns`);
    const n = sumOf(groups, 'n');
    this.same(arm.n, n, 1);
    this.same(arm.nonZero, sumOf(groups, key), 1);
    if (n === 0) return;
    let cell = 0;
    for (const [at, one] of columns.entries()) {
      const spread = Math.sqrt(centred(groups, one, one) / n);
      const mean = sumOf(groups, `${one}_1`) / n / unitOf(one);
      this.same(arm.mean[at], mean, Math.max(Math.abs(mean), spread));
      this.same(arm.third[at], cubes(groups, one), n * spread ** 3);
      for (const other of columns.slice(at)) {
        const size = Math.sqrt(centred(groups, one, one) * centred(groups, other, other));
        this.same(arm.comoment[cell], centred(groups, one, other), size);
        cell += 1;
      }
    }
  }

  private samePieces(
    groups: readonly Group[],
    composition: CompositionMoments | null | undefined,
    stage: 'running' | 'matured',
    arm: number,
  ): void {
    if (!composition) throw new Error('money without what it is made of');
    for (const [at, { name }] of composition.parts.entries()) {
      // In minor units on both sides, and exact.
      const found = Number(composition[stage][arm]?.pieces[at]);
      this.same(found, sumOf(groups, `${PIECE_COLUMNS[name] ?? name}_1`), 1);
    }
  }

  private sameProducts(groups: readonly Group[], variant: number, moments: PlanMoments): void {
    for (const { metric, other, products } of moments.comoments.filter(
      (one) => one.variant === variant,
    )) {
      const [one] = COLUMNS_OF[METRICS[metric]?.key ?? ''] ?? [];
      const [two] = COLUMNS_OF[METRICS[other]?.key ?? ''] ?? [];
      if (one === undefined || two === undefined) throw new Error('a product of unknown metrics');
      const size = Math.sqrt(centred(groups, one, one) * centred(groups, two, two));
      this.same(products, centred(groups, one, two), size);
    }
  }

  private same(found: number | undefined, expected: number, size: number): void {
    const off = Math.abs((found ?? NaN) - expected) / (size === 0 ? 1 : size);
    if (!(off <= this.worst)) this.worst = off;
    this.numbers += 1;
    this.hash.update(`${(found ?? NaN).toPrecision(9)} `);
  }
}

function sumOf(groups: readonly Group[], name: string): number {
  return groups.reduce((sum, { sums }) => sum + (sums[name] ?? NaN), 0);
}

/** Sum of the products of the distances from the means. */
function centred(groups: readonly Group[], one: Column, other: Column): number {
  const product = one === other ? `${one}_2` : pairOf(one, other);
  const [first, second] = [sumOf(groups, `${one}_1`), sumOf(groups, `${other}_1`)];
  const sum = sumOf(groups, product) - (first * second) / sumOf(groups, 'n');
  return sum / (unitOf(one) * unitOf(other));
}

/** Sum of the cubes of the distances from the mean. */
function cubes(groups: readonly Group[], column: Column): number {
  const n = sumOf(groups, 'n');
  const mean = sumOf(groups, `${column}_1`) / n;
  const sum =
    sumOf(groups, `${column}_3`) - 3 * mean * sumOf(groups, `${column}_2`) + 2 * n * mean ** 3;
  return sum / unitOf(column) ** 3;
}

function unitOf(column: Column): number {
  return /^(profit|revenue|support)/.test(column) ? MINOR : 1;
}
