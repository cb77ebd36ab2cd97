import type { ExperimentDefinition, Rationale } from '../experiments/definition.js';
import type { Metric } from '../metrics/metric.js';
import { citationsOf, type Citations } from './citations.js';
import { countPeople, type CountedPeople } from './counted-people.js';
import type { Dossier } from './dossier.js';
import { effectiveProfile, EVIDENCE_POLICIES, type EvidencePolicy } from './policies.js';
import { observationTestimony, quoteTestimony, type Testimony } from './testimony.js';

/** The parts of an experiment's body that the create gate reads. */
export type GatedDefinition = Pick<
  ExperimentDefinition,
  'kind' | 'policy' | 'touches' | 'traffic' | 'audience' | 'metrics' | 'rationale'
>;

export interface CreateGateInput {
  definition: GatedDefinition;
  dossier: Dossier;
  /** The project's metrics. */
  metrics: readonly Pick<Metric, 'key' | 'kind'>[];
  now: Date;
}

/** Everything the checks share, worked out once. */
export interface GateCase {
  definition: GatedDefinition;
  /** Empty when the body has none, so that every check runs. */
  rationale: Rationale;
  dossier: Dossier;
  metrics: readonly Pick<Metric, 'key' | 'kind'>[];
  policy: EvidencePolicy;
  now: Date;
  citations: Citations;
  testimonies: readonly Testimony[];
  people: CountedPeople;
}

export function openCase(input: CreateGateInput): GateCase {
  const { definition, dossier, metrics, now } = input;
  const rationale = definition.rationale ?? {};
  const policy = EVIDENCE_POLICIES[effectiveProfile(definition)];
  const citations = citationsOf(rationale, dossier);
  const context = { dossier, audience: definition.audience, policy, now };
  const testimonies = [
    ...citations.quotes.map((cited) => quoteTestimony(cited, context)),
    ...citations.observations.map((cited) => observationTestimony(cited, context)),
  ];
  const people = countPeople(testimonies);
  return { definition, rationale, dossier, metrics, policy, now, citations, testimonies, people };
}
