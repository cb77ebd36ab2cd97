import { Injectable } from '@nestjs/common';
import { Invalid } from '../../domain/errors.js';
import { plainSummary } from '../../domain/evaluation/measure-effect.js';
import type { MetricMoments } from '../../domain/evaluation/moments.js';
import { hoursToMaturity } from '../../domain/evaluation/counted-columns.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import { isRate, type Metric } from '../../domain/metrics/metric.js';
import { metricUnit } from '../../domain/metrics/metric-unit.js';
import { effectsToPlan, planPower } from '../../domain/planning/power-plan.js';
import type { Baseline, PowerPlan, PowerQuestion } from '../../domain/planning/power-question.js';
import { validatePowerQuestion } from '../../domain/planning/validate-power-question.js';
import { Clock } from '../../platform/clock/clock.js';
import { AnalyticsStore, type BaselineMoments } from '../analytics/analytics-store.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';

/** Traffic and behaviour of the last four weeks are today's. */
const RECENT_DAYS = 28;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;

/** A question about one metric; what is absent is measured, or has the product's default. */
export type AskedPower = Omit<PowerQuestion, 'metric' | 'baseline' | 'effects'> & {
  metric: Metric;
  baseline?: { mean: number; standardDeviation?: number } | undefined;
  unitsPerDay?: number | undefined;
  effects?: PowerQuestion['effects'] | undefined;
};

/** What a test of a metric could show, on today's traffic. */
@Injectable()
export class PowerPlansReader {
  constructor(
    private readonly store: AnalyticsStore,
    private readonly projects: ProjectsReader,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Invalid `validation-failed` for choices that no test has, `baseline-missing` when the log
   *   says nothing of the metric, and those of the store
   */
  async plan(projectId: string, asked: AskedPower): Promise<PowerPlan> {
    const { metric, effects, ...rest } = asked;
    const { currency } = await this.projects.settings(projectId);
    const baseline = await this.baselineOf(projectId, asked);
    const question: PowerQuestion = {
      ...rest,
      metric: {
        key: metric.key,
        name: metric.name,
        kind: metric.kind,
        unit: metricUnit(metric.kind),
        ...(metric.kind === 'money' ? { currency } : {}),
        direction: metric.direction,
        waitingDays: Math.ceil(hoursToMaturity(metric) / HOURS_PER_DAY),
      },
      baseline,
      effects: effects ?? effectsToPlan(baseline, asked.margin),
    };
    const errors = validatePowerQuestion(question);
    if (errors.length > 0) {
      throw new Invalid('validation-failed', 'No test can be planned like this.', errors);
    }
    return planPower(question);
  }

  private async baselineOf(projectId: string, asked: AskedPower): Promise<Baseline> {
    const { metric, baseline: declared, unitsPerDay } = asked;
    if (declared !== undefined && unitsPerDay !== undefined) {
      return { source: 'declared', ...spreadOf(metric, declared), unitsPerDay };
    }
    const now = await this.clock.now();
    const measured = await this.measure(projectId, asked.unitKind, metric, now);
    const perDay = unitsPerDay ?? unitsADay(measured, now);
    if (declared !== undefined) {
      return { source: 'declared', ...spreadOf(metric, declared), unitsPerDay: perDay };
    }
    const found = measured.metrics[0];
    const known = found === undefined ? null : knownOf(found);
    if (known === null) {
      throw new Invalid(
        'baseline-missing',
        `The log says nothing of ${metric.key} yet: say baseline, or send events first.`,
        [{ pointer: '/baseline', code: 'baseline-missing' }],
      );
    }
    return { source: 'measured', ...known, unitsPerDay: perDay };
  }

  private async measure(
    projectId: string,
    unit: UnitKind,
    metric: Metric,
    now: Date,
  ): Promise<BaselineMoments> {
    const { costs, currency, timezone } = await this.projects.settings(projectId);
    const recentFrom = new Date(now.getTime() - RECENT_DAYS * DAY_MS);
    return await this.store.baseline({
      projectId,
      plan: { metrics: [{ definition: metric }], analysis: {}, costs, currency, timezone, unit },
      // Four weeks of units that have had their whole time, and four weeks of newer ones.
      firstSeenFrom: new Date(recentFrom.getTime() - hoursToMaturity(metric) * HOUR_MS),
      recentFrom,
      asOf: now,
    });
  }
}

/** New units a day since the first of them, at most over the last four weeks. */
function unitsADay({ recentUnits, firstSeenAt }: BaselineMoments, now: Date): number | null {
  if (firstSeenAt === null || recentUnits === 0) return null;
  const days = (now.getTime() - firstSeenAt.getTime()) / DAY_MS;
  return recentUnits / Math.min(RECENT_DAYS, Math.max(1, days));
}

function knownOf({ columns, matured, running }: MetricMoments) {
  for (const [arm, isMatured] of [
    [matured[0], true],
    [running[0], false],
  ] as const) {
    if (arm === undefined || arm.n < 2) continue;
    const summary = plainSummary(arm, columns);
    if ('reason' in summary || summary.variance === null) return null;
    return {
      mean: summary.mean,
      // Per unit that is exposed; a quantile counts only those with events.
      standardDeviation: Math.sqrt((summary.variance * arm.n) / summary.n),
      units: arm.n,
      matured: isMatured,
    };
  }
  return null;
}

/** The spread of a rate follows from it. */
function spreadOf(
  { kind }: Metric,
  { mean, standardDeviation }: { mean: number; standardDeviation?: number },
): { mean: number; standardDeviation: number } {
  const ofRate = isRate(kind) ? Math.sqrt(Math.max(0, mean * (1 - mean))) : 0;
  return { mean, standardDeviation: standardDeviation ?? ofRate };
}
