import { ApiProperty } from '@nestjs/swagger';
import { POLICY_PEOPLE_MAX } from '../../../domain/evidence/custom-policy.js';
import {
  CONFIDENCE_LABELS,
  type ConfidenceLabel,
  type EvidencePolicy,
  type PolicyFloors,
} from '../../../domain/evidence/policies.js';
import { POLICY_PROFILES, type PolicyProfile } from '../../../domain/experiments/definition.js';
import {
  POLICY_VERSION_STATES,
  type PolicyVersion,
  type PolicyVersionState,
} from '../../../domain/experiments/policy-versions.js';
import { Count, EnumOf, Flag, Fraction, Maybe, Text } from '../../../platform/http/fields.js';

const DAYS_MAX = 3_650;

/** What a profile asks of the evidence. What is left out stays as it is built in. */
export class SetPolicyDto {
  /** Distinct people whose words count. */
  @Maybe()
  @Count(0, POLICY_PEOPLE_MAX)
  people?: number;

  /** Of them, heard live or watched. */
  @Maybe()
  @Count(0, POLICY_PEOPLE_MAX)
  live?: number;

  /** People asked, whatever they said. */
  @Maybe()
  @Count(0, POLICY_PEOPLE_MAX)
  asked?: number;

  /** Distinct accounts, in a b2b project. */
  @Maybe()
  @Count(0, POLICY_PEOPLE_MAX)
  accounts?: number;

  /** Every completed interview of every cited study has its entry. */
  @Maybe()
  @Flag()
  fullLedger?: boolean;

  /** Another member has read each cited passage before the launch. */
  @Maybe()
  @Flag()
  secondReader?: boolean;

  /** A lower label of the evidence's strength warns. */
  @Maybe()
  @EnumOf(CONFIDENCE_LABELS, 'ConfidenceLabel')
  confidence?: ConfidenceLabel;

  /** Days after which an interview no longer speaks for today's audience. */
  @Maybe()
  @Count(0, DAYS_MAX)
  ageDays?: number;

  /** Days after the experience in which its memory counts as first-hand. */
  @Maybe()
  @Count(0, DAYS_MAX)
  eventLagDays?: number;

  /** Largest share of eligible units; more takes the next stricter profile. */
  @Maybe()
  @Fraction()
  trafficCap?: number;

  /** A decision against the gate takes two members. */
  @Maybe()
  @Flag()
  overrideBySecond?: boolean;

  /** Why; kept with the version. */
  @Text()
  reason: string;
}

/** The numbers of a profile. */
export class PolicyNumbersDto {
  /** Distinct people whose words count. */
  @ApiProperty({ type: 'integer' })
  people: number;
  /** Of them, heard live or watched. */
  @ApiProperty({ type: 'integer' })
  live: number;
  /** People asked, whatever they said. */
  @ApiProperty({ type: 'integer' })
  asked: number;
  /** Distinct accounts, in a b2b project. */
  @ApiProperty({ type: 'integer' })
  accounts: number;
  /** Every completed interview of every cited study has its entry. */
  fullLedger: boolean;
  /** Another member has read each cited passage before the launch. */
  secondReader: boolean;
  /** A lower label of the evidence's strength warns. */
  @ApiProperty({ enum: CONFIDENCE_LABELS, enumName: 'ConfidenceLabel' })
  confidence: ConfidenceLabel;
  /** Days after which an interview no longer speaks for today's audience. */
  @ApiProperty({ type: 'integer' })
  ageDays: number;
  /** Days after the experience in which its memory counts as first-hand. */
  @ApiProperty({ type: 'integer' })
  eventLagDays: number;
  /** Largest share of eligible units; null is no limit. */
  @ApiProperty({ type: 'number', nullable: true })
  trafficCap: number | null;
  /** A decision against the gate takes two members: one asks for it, another takes it. */
  overrideBySecond: boolean;
}

/** The rules of a profile, as a gate reads them. */
export class PolicyRulesDto extends PolicyNumbersDto {
  @ApiProperty({ enum: POLICY_PROFILES, enumName: 'PolicyProfile' })
  profile: PolicyProfile;
  /** 1 is built in; a project's own begin at 2. */
  @ApiProperty({ type: 'integer' })
  version: number;
}

/** One version a project made of a profile. */
export class PolicyVersionDto {
  policy: PolicyRulesDto;
  /** `waiting`: looser, until a second member approves it. */
  @ApiProperty({ enum: POLICY_VERSION_STATES, enumName: 'PolicyVersionState' })
  state: PolicyVersionState;
  /** Asks for less than what was in force when it was proposed. */
  looser: boolean;
  /** Looser, and the project has nobody else who could have agreed. */
  alone: boolean;
  reason: string;
  /** Member who proposed it. */
  proposedBy: string;
  @ApiProperty({ format: 'date-time', description: 'When it was proposed.' })
  proposedAt: string;
  /** Member by whom it came into force. */
  approvedBy?: string;
  @ApiProperty({ format: 'date-time', description: 'Since when it is in force.' })
  approvedAt?: string;

  static from(version: PolicyVersion, state: PolicyVersionState): PolicyVersionDto {
    const { policy, looser, alone, reason, proposedBy, proposedAt, approvedBy, approvedAt } =
      version;
    return {
      policy,
      state,
      looser,
      alone,
      reason,
      proposedBy,
      proposedAt: proposedAt.toISOString(),
      ...(approvedBy === null ? {} : { approvedBy }),
      ...(approvedAt === null ? {} : { approvedAt: approvedAt.toISOString() }),
    };
  }
}

/** A profile: what it asks for today, what no project can lower, and how it came about. */
export class PolicyDto {
  @ApiProperty({ enum: POLICY_PROFILES, enumName: 'PolicyProfile' })
  profile: PolicyProfile;
  /** What the gate asks for from now on; what passed before keeps the version it passed. */
  @ApiProperty({ type: () => PolicyRulesDto })
  inForce: EvidencePolicy;
  /** No version can ask for less. */
  @ApiProperty({ type: () => PolicyNumbersDto })
  floors: PolicyFloors;
  /** The project's own versions, oldest first. */
  history: PolicyVersionDto[];
}

export class PolicyListDto {
  data: PolicyDto[];
}
