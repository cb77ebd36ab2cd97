import type {
  ExperimentDefinition,
  PolicyProfile,
  Rationale,
  Variant,
} from '../experiments/definition.js';
import type { Metric } from '../metrics/metric.js';
import { citationsOf, type Citations } from './citations.js';
import { countPeople, type CountedPeople } from './counted-people.js';
import type { Dossier } from './dossier.js';
import { effectiveProfile, type EvidencePolicy } from './policies.js';
import type { ProjectFacts } from './project-facts.js';
import { observationTestimony, quoteTestimony, type Testimony } from './testimony.js';

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
  author: string;
  now: Date;
  citations: Citations;
  testimonies: readonly Testimony[];
  people: CountedPeople;
}

export function openCase(input: CreateGateInput): GateCase {
  const { definition, dossier, now } = input;
  const rationale = definition.rationale ?? {};
  const policy = input.policies[effectiveProfile(definition)];
  const citations = citationsOf(rationale, dossier);
  const context = { dossier, audience: definition.audience, policy, now };
  const testimonies = [
    ...citations.quotes.map((cited) => quoteTestimony(cited, context)),
    ...citations.observations.map((cited) => observationTestimony(cited, context)),
  ];
  const people = countPeople(testimonies);
  return { ...input, rationale, policy, citations, testimonies, people };
}
