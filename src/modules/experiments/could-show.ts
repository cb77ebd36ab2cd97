import { Injectable } from '@nestjs/common';
import { Invalid } from '../../domain/errors.js';
import { controlOf, type ExperimentDefinition } from '../../domain/experiments/definition.js';
import type { Metric } from '../../domain/metrics/metric.js';
import {
  type Asked,
  type CouldShow,
  couldNotTell,
  couldShowFrom,
  DAYS_DEFAULT,
  wantedSizes,
} from '../../domain/planning/could-show.js';
import { POWER_DEFAULT } from '../../domain/planning/power-plan.js';
import { sqlStateOf } from '../../platform/database/sql-state.js';
import { HoldoutsReader } from '../holdouts/holdouts.reader.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import { type AskedPower, PowerPlansReader } from '../plans/power-plans.reader.js';

/** What a statement that took too long is answered with. */
const QUERY_CANCELLED = '57014';

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
    const { plannedDays = null } = definition.analysis;
    const days = plannedDays ?? DAYS_DEFAULT;
    const about: Asked = { metric: metric.key, role, days, plannedDays };
    const wanted = wantedSizes(definition, role);
    const power = await this.asked(projectId, definition, metric, role);
    const effects = wanted.map(({ size }) => size);
    try {
      const plan = await this.plans.plan(projectId, { ...power, effects, days: [days] });
      return couldShowFrom(about, plan, wanted);
    } catch (error) {
      // The dry run of a gate must not fail because nothing can be planned yet.
      if (error instanceof Invalid) return couldNotTell(about, error, wanted);
      // Neither because a long log takes its time: then nothing is known, and that is said.
      if (sqlStateOf(error) !== QUERY_CANCELLED) throw error;
      return couldNotTell(about, { message: 'The log did not answer in time.' }, wanted);
    }
  }

  private async asked(
    projectId: string,
    { analysis, variants, traffic, metrics, unit, assignment }: ExperimentDefinition,
    metric: Metric,
    role: CouldShow['role'],
  ): Promise<Omit<AskedPower, 'days' | 'effects'>> {
    const heldOut = assignment === 'external' ? 0 : await this.holdouts.heldShare(projectId, unit);
    return {
      metric,
      unitKind: unit,
      analysis,
      power: POWER_DEFAULT,
      weights: controlFirst(variants),
      // In a layer the traffic is what it holds of it; a holdout keeps its units out of either.
      traffic: traffic * (1 - heldOut),
      guardrails: role === 'deciding' ? metrics.guardrails.length : 0,
      varianceReduction: 0,
    };
  }
}

function controlFirst(variants: ExperimentDefinition['variants']): number[] {
  const control = controlOf(variants);
  const others = variants.filter((variant) => variant !== control);
  return [control, ...others].map(({ weight }) => weight);
}
