import { evaluateCreateGate } from '../../src/domain/evidence/create-gate.js';
import type { Dossier } from '../../src/domain/evidence/dossier.js';
import type { GateReport } from '../../src/domain/evidence/gate-report.js';
import { EVIDENCE_POLICIES } from '../../src/domain/evidence/policies.js';
import type { Impact, Rationale } from '../../src/domain/experiments/definition.js';
import type {
  LaunchDefinition,
  LaunchGateInput,
  LaunchMetric,
} from '../../src/domain/experiments/launch-gate-case.js';
import { evaluateLaunchGate } from '../../src/domain/experiments/launch-gate.js';
import type { CouldShow } from '../../src/domain/planning/could-show.js';
import type { MetricClass } from '../../src/domain/metrics/metric.js';
import {
  aDossier,
  aGatedDefinition,
  aGateInput,
  aRationale,
  GATE_NOW,
  GATE_PROJECT,
  MEMBERS,
  people,
} from './evidence-builders.js';

const aNumber = (key: string, kind: MetricClass, changes: Partial<LaunchMetric> = {}) => ({
  key,
  kind: 'count' as const,
  class: kind,
  windowDays: 7,
  delayHours: 0,
  settlingDays: 0,
  ...changes,
});

const METRICS: readonly LaunchMetric[] = [
  aNumber('signups', 'stage_conversion', { department: 'growth' }),
  aNumber('paid_seats', 'stage_quality'),
  aNumber('tickets', 'load'),
  aNumber('mood', 'experience'),
  aNumber('refunds', 'revenue', { kind: 'money', moneyNames: ['refund'] }),
  aNumber('visits', 'attention'),
  aNumber('reads', 'engagement', { botFilter: 'known agents are left out' }),
  aNumber('cost', 'expense'),
  aNumber('sales', 'revenue'),
  aNumber('profit', 'revenue', { kind: 'money', windowDays: 30, settlingDays: 14 }),
];

/** The deciding metric at a traffic that is known. */
export function canShow(changes: Partial<CouldShow> = {}): CouldShow {
  return {
    metric: 'profit',
    role: 'deciding',
    days: 14,
    units: 1400,
    smallestEffect: { absolute: 0.75, relative: 0.075, perYear: 27_375 },
    wanted: [],
    isKnown: true,
    sentence: 'In 14 days (1,400 visitors) you can see 7.5%.',
    ...changes,
  };
}

export const growth = {
  key: 'growth',
  stages: ['trial'],
  touchpoints: ['less-worry'],
  memberIds: [MEMBERS.reader, MEMBERS.author],
};
export const impact: Impact = {
  department: 'growth',
  expectedEffect: 'more calls',
  reason: 'more leads',
};
export const acknowledged = {
  department: 'growth',
  memberId: MEMBERS.reader,
  alone: false,
  stale: false,
};

export interface LaunchChanges {
  rationale?: Partial<Rationale>;
  definition?: Partial<LaunchDefinition>;
  dossier?: Dossier;
  input?: Partial<LaunchGateInput>;
}

/** The answer for a draft in which everything is there, changed as a case needs it. */
export function launch({
  rationale,
  definition = {},
  dossier = aDossier(people(6)),
  input,
}: LaunchChanges): GateReport {
  const body: LaunchDefinition = {
    unit: 'visitor',
    ...aGatedDefinition({
      rationale: aRationale({ impacts: [impact], ...rationale }),
      metrics: withGuardrails('paid_seats', 'tickets'),
    }),
    ...definition,
  };
  const project = { ...GATE_PROJECT, departments: [growth] };
  const createReport = evaluateCreateGate({
    ...aGateInput(dossier, body),
    metrics: METRICS,
    project,
  });
  return evaluateLaunchGate({
    definition: body,
    createReport,
    dossier,
    metrics: METRICS,
    project,
    policies: EVIDENCE_POLICIES,
    acknowledgements: [acknowledged],
    running: [],
    layerHolders: [],
    couldShow: [canShow()],
    author: MEMBERS.author,
    now: GATE_NOW,
    ...input,
  });
}

export function withGuardrails(...guardrails: string[]) {
  return { leading: 'signups', deciding: 'profit', guardrails, secondary: [] };
}

export const leading = (key: string, ...guardrails: string[]): LaunchChanges => ({
  rationale: {
    prediction: { metric: key, direction: 'increase', scale: 'relative' },
    chain: (aRationale().chain ?? []).map((link) => ({
      ...link,
      from: link.from.replace('signups', key),
      to: link.to.replace('signups', key),
    })),
  },
  definition: {
    metrics: { ...withGuardrails(...guardrails), leading: key, secondary: ['signups'] },
  },
});
