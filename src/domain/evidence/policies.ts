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
  /** A decision against the gate takes two members. */
  overrideBySecond: boolean;
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
    overrideBySecond: false,
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
    overrideBySecond: false,
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
    overrideBySecond: true,
  },
};

type TrafficCaps = Readonly<Record<PolicyProfile, Pick<EvidencePolicy, 'trafficCap'>>>;

/**
 * The least strict profile an experiment may have, from what it touches and how many it reaches: the
 * first whose traffic cap it stays under.
 */
export function requiredProfile(
  experiment: { touches: readonly Touch[]; traffic: number },
  policies: TrafficCaps = EVIDENCE_POLICIES,
): PolicyProfile {
  if (experiment.touches.length > 0) return 'rigorous';
  const fitting = POLICY_PROFILES.find((profile) => {
    const { trafficCap } = policies[profile];
    return trafficCap === null || experiment.traffic <= trafficCap;
  });
  return fitting ?? 'rigorous';
}

/** The stricter of the profile asked for and the one required. */
export function effectiveProfile(
  definition: Pick<ExperimentDefinition, 'policy' | 'touches' | 'traffic'>,
  policies: TrafficCaps = EVIDENCE_POLICIES,
): PolicyProfile {
  const required = requiredProfile(definition, policies);
  const asked = definition.policy ?? required;
  return POLICY_PROFILES.indexOf(asked) > POLICY_PROFILES.indexOf(required) ? asked : required;
}

/** What no policy of a profile can go below, or above where it is a limit of age or lag. */
export type PolicyFloors = Omit<EvidencePolicy, 'profile' | 'version'>;

const { profile: _profile, version: _version, ...EXPLORE_FLOORS } = EVIDENCE_POLICIES.explore;
const FULL_FLOORS = { ...EXPLORE_FLOORS, fullLedger: true, secondReader: true, trafficCap: null };

/**
 * A project may ask for less than the built-in numbers, down to what `explore` asks of a small,
 * reversible test. What makes the stricter profiles honest rather than large, the full ledger and the
 * second reader, stays: a policy without them is `explore` at full traffic.
 */
export const POLICY_FLOORS: Readonly<Record<PolicyProfile, PolicyFloors>> = {
  explore: EXPLORE_FLOORS,
  standard: FULL_FLOORS,
  rigorous: FULL_FLOORS,
};

/** One live conversation or watched person stays the floor, whatever a policy says. */
const LIVE_FLOOR = 1;

export function liveRequired(policy: Pick<EvidencePolicy, 'live'>): number {
  return Math.max(LIVE_FLOOR, policy.live);
}
