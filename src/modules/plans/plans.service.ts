import { Injectable } from '@nestjs/common';
import { Invalid } from '../../domain/errors.js';
import { ALPHA_DEFAULT, testFor } from '../../domain/experiments/definition.js';
import { PROFIT_KEY } from '../../domain/metrics/metric.js';
import { DAYS_DEFAULT, POWER_DEFAULT } from '../../domain/planning/power-plan.js';
import type { PowerPlan } from '../../domain/planning/power-question.js';
import { MetricsReader } from '../metrics/metrics.reader.js';
import type { PowerQuestionDto } from './dto/power-question.dto.js';
import { type AskedPower, PowerPlansReader } from './power-plans.reader.js';

/** A question over HTTP, with its defaults. */
@Injectable()
export class PlansService {
  constructor(
    private readonly metrics: MetricsReader,
    private readonly plans: PowerPlansReader,
  ) {}

  /** @throws Invalid `unknown-metric`, and those of the reader */
  async power(projectId: string, body: PowerQuestionDto): Promise<PowerPlan> {
    const { metric: key = PROFIT_KEY, baseline, unitsPerDay, effects, margin } = body;
    const metric = (await this.metrics.all(projectId)).find((one) => one.key === key);
    if (metric === undefined) {
      throw new Invalid('unknown-metric', `The project has no metric ${key}.`, [
        { pointer: '/metric', code: 'unknown-metric' },
      ]);
    }
    return await this.plans.plan(projectId, {
      metric,
      baseline,
      unitsPerDay,
      effects,
      unitKind: body.unit ?? 'visitor',
      analysis: analysisOf(body),
      power: body.power ?? POWER_DEFAULT,
      weights: body.weights ?? [1, 1],
      traffic: body.traffic ?? 1,
      guardrails: body.guardrails ?? 0,
      varianceReduction: body.varianceReduction ?? 0,
      ...(margin === undefined ? {} : { margin }),
      days: body.days ?? DAYS_DEFAULT,
    });
  }
}

function analysisOf(body: PowerQuestionDto): AskedPower['analysis'] {
  const { plannedLooks, plannedUnits, spending } = body;
  return {
    alpha: body.alpha ?? ALPHA_DEFAULT,
    // A question about a size plans an end, so one look is the default.
    test: body.test ?? testFor({ plannedLooks, plannedDays: 1 }),
    adjustment: body.adjustment ?? 'dunnett',
    ...(plannedLooks === undefined ? {} : { plannedLooks }),
    ...(plannedUnits === undefined ? {} : { plannedUnits }),
    ...(spending === undefined ? {} : { spending }),
  };
}
