import type { EvaluationResult } from '../../src/domain/evaluation/result.js';
import {
  type DecidingFindings,
  type GuardrailFindings,
  type HealthFindings,
  judge,
  type LeadingFindings,
  type VariantFindings,
  type VerdictInput,
} from '../../src/domain/verdict/verdict.js';

export interface JudgedCase {
  kind?: VerdictInput['kind'];
  health?: Partial<HealthFindings>;
  variants?: readonly VariantFindings[];
  coverage?: 'full' | 'partial';
  asOf?: string;
  closesAt?: string;
}

/** Findings of one variant: nothing shows, and all money is in. */
export function aVariantFound(
  changes: {
    variant?: string;
    leading?: LeadingFindings['outcome'];
    deciding?: Partial<DecidingFindings>;
    guardrails?: readonly Partial<GuardrailFindings>[];
  } = {},
): VariantFindings {
  return {
    variant: changes.variant ?? 'short',
    killed: false,
    leading: { metric: 'clicks', outcome: changes.leading ?? 'flat', by: 'always_valid' },
    deciding: {
      metric: 'profit',
      outcome: 'flat',
      matured: true,
      estimate: 0.1,
      interval: { lower: -0.2, upper: 0.4 },
      nonInferior: false,
      sequentialHarm: false,
      ...changes.deciding,
    },
    guardrails: (changes.guardrails ?? []).map((guardrail) => ({
      key: 'tickets',
      state: 'non_inferior',
      sequentialHarm: false,
      ...guardrail,
    })),
    movements: {},
  };
}

/** A result with the verdict that these findings lead to, and the health and maturity they came from. */
export function judgedResult(given: JudgedCase = {}): EvaluationResult {
  const variants = given.variants ?? [aVariantFound()];
  const health: HealthFindings = { srm: 'ok', crossovers: 0, dataFaults: [], ...given.health };
  const coverage = given.coverage ?? 'full';
  const matured = variants.every(({ deciding }) => deciding.matured);
  return {
    id: '01a20000-0000-7000-8000-000000000001',
    experimentKey: 'checkout',
    planVersion: 1,
    cutoff: '1',
    asOf: given.asOf ?? '2026-02-01T00:00:00.000Z',
    health: {
      srm: { status: health.srm, observed: [10, 10], pValue: health.srm === 'failed' ? 1e-6 : 0.5 },
      crossovers: 0,
      crossoverShare: health.crossovers,
      lateEvents: 0,
      outsideCohort: 0,
      ...(health.dataFaults.length === 0 ? {} : { dataFaults: [...health.dataFaults] }),
    },
    units: [],
    metrics: [
      {
        key: 'profit',
        role: 'deciding',
        kind: 'money',
        unit: 'currency',
        sinceVersion: 1,
        maturity: {
          maturedUnits: matured ? 20 : 5,
          units: 20,
          wholeCohort: matured,
          ...(given.closesAt === undefined ? {} : { closesAt: given.closesAt }),
        },
        arms: [],
        comparisons: [],
      },
    ],
    verdict: judge({
      kind: given.kind ?? 'ab',
      health,
      variants,
      chain: [],
      costs: { coverage, unknown: coverage === 'full' ? [] : ['support'] },
    }),
  };
}
