import {
  POLICY_PROFILES,
  type ExperimentDefinition,
  type PolicyProfile,
  type Touch,
} from '../experiments/definition.js';

export const CONFIDENCE_LABELS = ['very_low', 'low', 'moderate', 'high'] as const;
export type ConfidenceLabel = (typeof CONFIDENCE_LABELS)[number];

/** What a profile asks of the evidence. Floors that no profile lowers are in the checks themselves. */
export interface EvidencePolicy {
  profile: PolicyProfile;
  version: number;
  /** Distinct people with a counted supporting quote or a watched observation. */
  people: number;
  /** Of them, heard live or watched. */
  live: number;
  /** People in the ledger: everybody asked, whatever they said. */
  asked: number;
  /** Distinct accounts among the counted people, in a b2b project. */
  accounts: number;
  /** Every completed session of every cited study has its entry. */
  fullLedger: boolean;
  /** Another member has read each cited passage before the launch. */
  secondReader: boolean;
  /** A lower label of the evidence's strength warns. */
  confidence: ConfidenceLabel;
  /** An interview older than this no longer speaks for today's audience. */
  ageDays: number;
  /** How long after the experience its memory still counts as first-hand. */
  eventLagDays: number;
  /** Largest share of eligible units; null is no limit. */
  trafficCap: number | null;
}

/** The share of traffic up to which a wrong idea stays a small, reversible mistake. */
const EXPLORE_TRAFFIC_MAX = 0.1;

export const EVIDENCE_POLICIES: Readonly<Record<PolicyProfile, EvidencePolicy>> = {
  explore: {
    profile: 'explore',
    version: 1,
    people: 1,
    live: 1,
    asked: 1,
    accounts: 1,
    fullLedger: false,
    secondReader: false,
    confidence: 'low',
    ageDays: 270,
    eventLagDays: 120,
    trafficCap: EXPLORE_TRAFFIC_MAX,
  },
  standard: {
    profile: 'standard',
    version: 1,
    people: 3,
    live: 2,
    asked: 5,
    accounts: 3,
    fullLedger: true,
    secondReader: true,
    confidence: 'low',
    ageDays: 180,
    eventLagDays: 90,
    trafficCap: null,
  },
  rigorous: {
    profile: 'rigorous',
    version: 1,
    people: 6,
    live: 5,
    asked: 10,
    accounts: 5,
    fullLedger: true,
    secondReader: true,
    confidence: 'moderate',
    ageDays: 120,
    eventLagDays: 60,
    trafficCap: null,
  },
};

/** The least strict profile an experiment may have, from what it touches and how many it reaches. */
export function requiredProfile(experiment: {
  touches: readonly Touch[];
  traffic: number;
}): PolicyProfile {
  if (experiment.touches.length > 0) return 'rigorous';
  return experiment.traffic > EXPLORE_TRAFFIC_MAX ? 'standard' : 'explore';
}

/** The stricter of the profile asked for and the one required. */
export function effectiveProfile(
  definition: Pick<ExperimentDefinition, 'policy' | 'touches' | 'traffic'>,
): PolicyProfile {
  const required = requiredProfile(definition);
  const asked = definition.policy ?? required;
  return POLICY_PROFILES.indexOf(asked) > POLICY_PROFILES.indexOf(required) ? asked : required;
}

/** One live conversation or watched person stays the floor, whatever a policy says. */
const LIVE_FLOOR = 1;

export function liveRequired(policy: Pick<EvidencePolicy, 'live'>): number {
  return Math.max(LIVE_FLOOR, policy.live);
}
