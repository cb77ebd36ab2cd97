import type { Dossier } from '../evidence/dossier.js';
import { findingOf, type Finding, type FindingFacts } from '../evidence/finding.js';
import type { GatedDefinition, GatedMetric } from '../evidence/gate-case.js';
import type { GateReport } from '../evidence/gate-report.js';
import type { EvidencePolicy } from '../evidence/policies.js';
import type { ProjectFacts } from '../evidence/project-facts.js';
import type { Metric } from '../metrics/metric.js';
import type { HeldShare } from '../assignment/allocate-layer.js';
import type { CouldShow } from '../planning/could-show.js';
import type {
  Audience,
  ExperimentDefinition,
  PolicyProfile,
  Rationale,
  UnitKind,
} from './definition.js';

/** Everything the launch gate asks beyond the create gate, in the order of every report. */
export const LAUNCH_GATE_CODES = [
  'ACKNOWLEDGED_ALONE',
  'BOT_FILTER_UNDECLARED',
  'CANNOT_RESOLVE',
  'CREATE_GATE_LAPSED',
  'ECOLOGY_COLLISION',
  'FOLLOW_UP_UNPREPARED',
  'GUARDRAIL_OBSERVED_BY_HAND',
  'GUARDRAIL_UNPAIRED',
  'IMPACT_MISSING',
  'IMPACT_UNACKNOWLEDGED',
  'INCENTIVE_UNDECLARED',
  'LAYER_FULL',
  'LAYER_UNIT_MISMATCH',
  'NOT_FROZEN',
  'NOT_WHOLE_WEEKS',
  'NO_DOWNSTREAM_READOUT',
  'NO_EXPERIENCE_PREDICTION',
  'NO_FALSIFIER',
  'NO_SECOND_READER',
  'POWER_UNKNOWN',
  'READ_ALONE',
  'SPECIAL_CAUSE',
] as const;
export type LaunchGateCode = (typeof LAUNCH_GATE_CODES)[number];

export const LAUNCH_WARNING_ONLY: readonly LaunchGateCode[] = [
  'ACKNOWLEDGED_ALONE',
  'BOT_FILTER_UNDECLARED',
  'CANNOT_RESOLVE',
  'ECOLOGY_COLLISION',
  'FOLLOW_UP_UNPREPARED',
  'GUARDRAIL_OBSERVED_BY_HAND',
  'INCENTIVE_UNDECLARED',
  'NOT_WHOLE_WEEKS',
  'POWER_UNKNOWN',
  'READ_ALONE',
];

export type LaunchMetric = GatedMetric &
  Pick<Metric, 'windowDays' | 'delayHours' | 'settlingDays' | 'moneyNames'>;

/** A department has read what the change may do to it. */
export interface Acknowledgement {
  department: string;
  /** Of the entry that was read. */
  impactDigest?: string;
  memberId: string;
  /** Nobody else could when it was given. */
  alone: boolean;
  /** The entry has changed since. */
  stale: boolean;
}

/** A test that people may meet at the same time. */
export interface RunningTest {
  key: string;
  audience: Audience;
  /** Places on its way from the change to the money. */
  chainNodes: readonly string[];
  /** Units of its layer that meet it meet no other test of that layer. */
  layer?: string;
}

/** A live experiment of the same layer. */
export interface LayerHolder extends HeldShare {
  unit: UnitKind;
}

export type LaunchDefinition = GatedDefinition &
  Pick<ExperimentDefinition, 'unit' | 'layer' | 'schedule'>;

export interface LaunchGateInput {
  definition: LaunchDefinition;
  /**
   * The create gate's answer for the same experiment, asked again now: evidence grows old and consents
   * are withdrawn between creation and launch.
   */
  createReport: GateReport;
  dossier: Dossier;
  metrics: readonly LaunchMetric[];
  project: ProjectFacts;
  policies: Readonly<Record<PolicyProfile, EvidencePolicy>>;
  acknowledgements: readonly Acknowledgement[];
  running: readonly RunningTest[];
  /** The other live experiments of its layer; none without a layer. */
  layerHolders: readonly LayerHolder[];
  /** What the test could ever show; none where its metrics do not exist. */
  couldShow: readonly CouldShow[];
  /** The member whose experiment it is. */
  author: string;
  now: Date;
}

export interface LaunchCase extends LaunchGateInput {
  rationale: Rationale;
  policy: EvidencePolicy;
}

export type LaunchFinding = Finding<LaunchGateCode>;
export type LaunchCheck = (gate: LaunchCase) => LaunchFinding;

export function launchFinding(
  state: LaunchFinding['state'],
  facts: FindingFacts<LaunchGateCode>,
): LaunchFinding {
  return findingOf(state, facts, LAUNCH_WARNING_ONLY);
}

/** Every metric the experiment names, in the order of its body, with the place. */
export function namedMetrics({ metrics }: Pick<GatedDefinition, 'metrics'>): {
  key: string;
  pointer: string;
}[] {
  const listed = (name: 'guardrails' | 'secondary') =>
    metrics[name].map((key, index) => ({ key, pointer: `/metrics/${name}/${index}` }));
  return [
    { key: metrics.leading, pointer: '/metrics/leading' },
    { key: metrics.deciding, pointer: '/metrics/deciding' },
    ...listed('guardrails'),
    ...listed('secondary'),
  ];
}
