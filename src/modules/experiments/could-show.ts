import { Injectable } from '@nestjs/common';
import { Invalid } from '../../domain/errors.js';
import { controlOf, type ExperimentDefinition } from '../../domain/experiments/definition.js';
import type { Metric } from '../../domain/metrics/metric.js';
import { POWER_DEFAULT } from '../../domain/planning/power-plan.js';
import type { EffectSize } from '../../domain/planning/power-question.js';
import { HoldoutsReader } from '../holdouts/holdouts.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { PowerPlansReader } from '../plans/power-plans.reader.js';

/** Four weeks, where an experiment plans no end. */
const DAYS_DEFAULT = 28;

/** What an experiment could ever show of one of its metrics. */
export interface CouldShow {
  metric: string;
  role: 'leading' | 'deciding';
  /** Of enrolment: the planned ones, or four weeks. */
  days: number;
  units?: number;
  smallestEffect?: EffectSize;
  sentence: string;
}

/** The smallest effects that an experiment could find at today's traffic, before it costs anything. */
@Injectable()
export class CouldShowQuery {
  constructor(
    private readonly metrics: MetricsReader,
    private readonly plans: PowerPlansReader,
    private readonly holdouts: HoldoutsReader,
  ) {}

  async ask(projectId: string, definition: ExperimentDefinition): Promise<CouldShow[]> {
    const known = await this.metrics.all(projectId);
    const found: CouldShow[] = [];
    for (const role of ['leading', 'deciding'] as const) {
      const metric = known.find(({ key }) => key === definition.metrics[role]);
      if (metric !== undefined) found.push(await this.answer(projectId, definition, metric, role));
    }
    return found;
  }

  private async answer(
    projectId: string,
    definition: ExperimentDefinition,
    metric: Metric,
    role: CouldShow['role'],
  ): Promise<CouldShow> {
    const { analysis, variants, traffic, metrics, unit, assignment } = definition;
    const days = analysis.plannedDays ?? DAYS_DEFAULT;
    const about = { metric: metric.key, role, days };
    const heldOut = assignment === 'external' ? 0 : await this.holdouts.heldShare(projectId, unit);
    try {
      const { times } = await this.plans.plan(projectId, {
        metric,
        unitKind: unit,
        analysis,
        power: POWER_DEFAULT,
        weights: controlFirst(variants),
        // In a layer the traffic is what it holds of it; a holdout keeps its units out of either.
        traffic: traffic * (1 - heldOut),
        guardrails: role === 'deciding' ? metrics.guardrails.length : 0,
        varianceReduction: 0,
        effects: [],
        days: [days],
      });
      const [time] = times;
      if (time === undefined) throw new Error('one time was asked for');
      const { units, smallestEffect, sentence } = time;
      return {
        ...about,
        ...(units === undefined ? {} : { units }),
        ...(smallestEffect === undefined ? {} : { smallestEffect }),
        sentence,
      };
    } catch (error) {
      // The dry run of a gate must not fail because nothing can be planned yet.
      if (error instanceof Invalid) return { ...about, sentence: `Not known: ${error.message}` };
      throw error;
    }
  }
}

function controlFirst(variants: ExperimentDefinition['variants']): number[] {
  const control = controlOf(variants);
  const others = variants.filter((variant) => variant !== control);
  return [control, ...others].map(({ weight }) => weight);
}
