import type {
  ExperimentDefinition,
  PolicyProfile,
  Rationale,
  Variant,
} from '../experiments/definition.js';
import type { Metric } from '../metrics/metric.js';
import type { LearningOutcome } from '../verdict/learning/outcome.js';
import type { Citations } from './citations.js';
import type { CountedPeople } from './counted-people.js';
import type { Dossier, DossierInterview } from './dossier.js';
import type { PersonOf } from './distinct-people.js';
import type { LedgerPeople } from './ledger-people.js';
import type { Strength, StrengthLowering } from './measures/strength.js';
import type { EvidencePolicy } from './policies.js';
import type { ProjectFacts } from './project-facts.js';
import type { Testimony } from './testimony.js';

/** The parts of an experiment's body that the create gate reads. */
export type GatedDefinition = Pick<
  ExperimentDefinition,
  | 'key'
  | 'kind'
  | 'policy'
  | 'touches'
  | 'traffic'
  | 'variants'
  | 'audience'
  | 'metrics'
  | 'analysis'
  | 'horizonDays'
  | 'rationale'
>;

export interface CreateGateInput {
  definition: GatedDefinition;
  dossier: Dossier;
  /** The project's metrics. */
  metrics: readonly GatedMetric[];
  project: ProjectFacts;
  /** The rules in force; the built-in ones where the project has set none of its own. */
  policies: Readonly<Record<PolicyProfile, EvidencePolicy>>;
  /** The reasons of the project's other experiments, newest first. */
  others: readonly OtherRationale[];
  /** The experiment this one iterates on; its own reason is not a copy. */
  parent: ParentExperiment | null;
  /** What the chain names as an experiment; those that do not exist are left out. */
  citedExperiments: readonly CitedExperiment[];
  /** Components that a member found weaker than the facts say. */
  lowerings?: readonly StrengthLowering[];
  /** The member who asks. */
  author: string;
  now: Date;
}

export type GatedMetric = Pick<Metric, 'key' | 'kind' | 'class' | 'department' | 'botFilter'>;

/** Another experiment's reason, as far as copies and overused quotes are concerned. */
export interface OtherRationale {
  key: string;
  /** Its free text in one piece. */
  text: string;
  /** The quotes it names. */
  quoteIds: readonly string[];
}

/** An experiment that a link of the chain names as what has shown it. */
export interface CitedExperiment {
  id: string;
  key: string;
  /** People have taken a decision about it. */
  decided: boolean;
  /** What its variants taught, as the last decision concerns them; empty where nobody looked. */
  outcomes: readonly LearningOutcome[];
}

export interface ParentExperiment {
  key: string;
  /** Every experiment before it in the same line, itself included. */
  lineage: readonly string[];
  variants: readonly Variant[];
  rationale: Rationale;
}

/** Everything the checks share, worked out once. */
export interface GateCase {
  definition: GatedDefinition;
  /** Empty when the body has none, so that every check runs. */
  rationale: Rationale;
  dossier: Dossier;
  metrics: readonly GatedMetric[];
  policy: EvidencePolicy;
  project: ProjectFacts;
  others: readonly OtherRationale[];
  parent: ParentExperiment | null;
  citedExperiments: readonly CitedExperiment[];
  author: string;
  now: Date;
  citations: Citations;
  testimonies: readonly Testimony[];
  people: CountedPeople;
  /** Which person a participant is. */
  personOf: PersonOf;
  /** Everybody asked about the cited insights. */
  ledger: LedgerPeople;
  /** The interviews of everything cited. */
  interviews: readonly DossierInterview[];
  /** How far the evidence carries, component by component. */
  strength: Strength;
}
