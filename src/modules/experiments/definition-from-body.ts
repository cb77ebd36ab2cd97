import { Cron } from 'croner';
import type { FieldError } from '../../domain/errors.js';
import {
  ALPHA_DEFAULT,
  type Analysis,
  type ExperimentDefinition,
  type Prior,
  testFor,
} from '../../domain/experiments/definition.js';
import type { PartialExperiment } from '../../domain/experiments/partial-experiment.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { PROFIT_KEY } from '../../domain/metrics/metric.js';
import type { AnalysisDto, PriorDto } from './dto/experiment-body.dto.js';

/** The body with every default filled in, as plain JSON: what is stored, judged and frozen. */
export function definitionFrom(body: PartialExperiment): ExperimentDefinition {
  const given = jsonCopy(body);
  return {
    ...given,
    kind: given.kind ?? 'ab',
    touches: given.touches ?? [],
    unit: given.unit ?? 'visitor',
    assignment: given.assignment ?? 'internal',
    traffic: given.traffic ?? 1,
    metrics: {
      leading: given.metrics?.leading,
      deciding: given.metrics?.deciding ?? PROFIT_KEY,
      guardrails: given.metrics?.guardrails ?? [],
      secondary: given.metrics?.secondary ?? [],
    },
    analysis: analysisFrom((given.analysis ?? {}) as AnalysisDto),
  } as ExperimentDefinition;
}

function analysisFrom(given: AnalysisDto): Analysis {
  const { prior, ...rest } = given;
  return {
    ...rest,
    alpha: given.alpha ?? ALPHA_DEFAULT,
    test: testFor(given),
    adjustment: given.adjustment ?? 'dunnett',
    relativeQuantile: given.relativeQuantile ?? 'test',
    ...(prior === undefined ? {} : { prior: priorFrom(prior) }),
  } as Analysis;
}

function priorFrom({ kind, mean, sd, alpha, beta }: PriorDto): Prior {
  return kind === 'beta'
    ? { kind, alpha: alpha ?? Number.NaN, beta: beta ?? Number.NaN }
    : { kind, mean: mean ?? 0, sd: sd ?? Number.NaN };
}

/** What is wrong with a schedule: the expression, or the zone it is read in. */
export function scheduleFaults({ schedule }: ExperimentDefinition): FieldError[] {
  if (schedule === undefined) return [];
  try {
    const cron = new Cron(schedule.cron, { mode: '5-part', timezone: schedule.timezone ?? 'UTC' });
    if (cron.nextRun() === null) return [{ pointer: '/schedule/cron', code: 'never-due' }];
    return [];
  } catch {
    return [{ pointer: '/schedule', code: 'invalid-schedule' }];
  }
}
