import type { UnitRef } from '../../src/domain/events/event.js';
import type { PlanMoments } from '../../src/domain/evaluation/moments.js';
import type { AnalysisPlan } from '../../src/domain/experiments/plan.js';
import type {
  AnalyticsStore,
  MomentsRequest,
} from '../../src/modules/analytics/analytics-store.reader.js';
import { seededUniform } from '../calibration/seeded-random.js';
import type { EvaluatedChanges } from './evaluated-experiment.js';
import { dayAt, Happenings, inParts, shuffled } from './happened-rows.js';
import { differencesBetween } from './moments-agreement.js';
import { expectedMoments } from './moments-oracle.js';
import type { HappenedLog, HappenedRow } from './moments-oracle-units.js';

/** A store that answers for a log, and ways to write that log. */
export interface StoreUnderTest {
  store: AnalyticsStore;
  /** What the clock of the log says, to the day. */
  receivedAt: string;
  /** An experiment with a frozen plan whose variants are `control` and `short`. */
  experiment(changes: EvaluatedChanges): Promise<StoredExperiment>;
  /** Appends rows that others can read when it returns. */
  write(experiment: StoredExperiment, rows: readonly HappenedRow[]): Promise<void>;
  /** Voids all that an import brought. */
  reverseImport(name: string): Promise<void>;
  eraseUnit(unit: UnitRef): Promise<void>;
  storeRates(date: string, rates: Readonly<Record<string, number>>): Promise<void>;
  close(): Promise<void>;
}

export interface StoredExperiment {
  id: string;
  key: string;
  projectId: string;
  plan: AnalysisPlan;
}

/** Later than anything that happens in a trial. */
const AFTER_ALL = new Date(dayAt(100));
const BASE = 'USD';

let stories = 0;

/** One story in the log of a store, and what the store must say of it at any moment. */
export class Trial extends Happenings {
  readonly log: {
    rows: HappenedRow[];
    reversedImports: string[];
    erasedUnits: UnitRef[];
    rates: HappenedLog['rates'][number][];
    receivedAt: string;
  };
  /** What every request says unless it says otherwise. */
  readonly request: MomentsRequest;
  /** Numbers that are the same in every run. */
  readonly uniform: () => number;

  private constructor(
    readonly tested: StoreUnderTest,
    readonly experiment: StoredExperiment,
    story: number,
  ) {
    super(experiment.id, `story-${story}`);
    this.uniform = seededUniform(story);
    const { receivedAt } = tested;
    this.log = { rows: [], reversedImports: [], erasedUnits: [], rates: [], receivedAt };
    this.request = {
      projectId: experiment.projectId,
      experimentId: experiment.id,
      plan: experiment.plan,
      enrolmentEndedAt: null,
      asOf: AFTER_ALL,
    };
  }

  static async of(tested: StoreUnderTest, changes: EvaluatedChanges = {}): Promise<Trial> {
    stories += 1;
    const secondary = (changes.metrics ?? []).slice(1).map(({ key }) => key);
    const experiment = await tested.experiment({ key: `story-${stories}`, secondary, ...changes });
    return new Trial(tested, experiment, stories);
  }

  async write(...rows: readonly HappenedRow[]): Promise<void> {
    await this.tested.write(this.experiment, rows);
    this.log.rows.push(...rows);
  }

  async reverseImport(name: string): Promise<void> {
    await this.tested.reverseImport(name);
    this.log.reversedImports.push(name);
  }

  async eraseUnit(name: string): Promise<void> {
    await this.tested.eraseUnit(this.unit(name));
    this.log.erasedUnits.push(this.unit(name));
  }

  /** Rates of a day of trials, against the reporting currency. */
  async storeRates(day: number, rates: Readonly<Record<string, number>>): Promise<void> {
    const date = dayAt(day).slice(0, 10);
    await this.tested.storeRates(date, rates);
    for (const [currency, rate] of Object.entries(rates)) {
      this.log.rates.push({ date, base: BASE, currency, rate });
    }
  }

  /** What the log as it is now, or as it was, comes to. */
  expected(changes: Partial<MomentsRequest> = {}, log: HappenedLog = this.log) {
    return expectedMoments(log, { ...this.request, ...changes });
  }

  async answer(changes: Partial<MomentsRequest> = {}): Promise<PlanMoments> {
    return await this.tested.store.moments({ ...this.request, ...changes });
  }

  /** Asks the store, and holds the answer against the oracle's. */
  async agrees(
    changes: Partial<MomentsRequest> = {},
    log: HappenedLog = this.log,
  ): Promise<PlanMoments> {
    const request = { ...this.request, ...changes };
    const found = await this.tested.store.moments(request);
    this.same(found, this.expected(changes, log), request.plan);
    return found;
  }

  /** The same after the state was thrown away and built again from the log. */
  async agreesRebuilt(changes: Partial<MomentsRequest> = {}): Promise<PlanMoments> {
    const request = { ...this.request, ...changes };
    const incremental = await this.agrees(changes);
    expect(await this.tested.store.check(request)).toEqual({ agrees: true });
    await this.tested.store.rebuild(request);
    const rebuilt = await this.agrees(changes);
    this.same(incremental, rebuilt, request.plan);
    return rebuilt;
  }

  /** Writes rows in another order and in several goes, with an answer after each. */
  async arrives(
    rows: readonly HappenedRow[],
    changes: Partial<MomentsRequest> = {},
  ): Promise<PlanMoments> {
    for (const part of inParts(shuffled(rows, this.uniform), 3)) {
      await this.write(...part);
      await this.agrees(changes);
    }
    return await this.agreesRebuilt(changes);
  }

  private same(
    actual: Omit<PlanMoments, 'cutoff'>,
    expected: Omit<PlanMoments, 'cutoff'>,
    plan: AnalysisPlan,
  ): void {
    expect(differencesBetween(plan, actual, expected)).toEqual([]);
  }
}

/** Means of an arm's columns, those of the metric at `metric`. */
export function meansOf(
  moments: PlanMoments,
  metric = 0,
  which: 'running' | 'matured' = 'running',
) {
  return moments.metrics[metric]?.[which].map(({ mean }) => mean);
}
