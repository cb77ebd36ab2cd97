import { ApiProperty } from '@nestjs/swagger';
import { POLICY_PROFILES, type PolicyProfile } from '../../../domain/experiments/definition.js';
import type {
  GateName,
  GateOutcome,
  NextBest,
  Severity,
} from '../../../domain/evidence/gate-report.js';
import type { PolicyFloors } from '../../../domain/evidence/policies.js';
import {
  REACHES,
  type Reach,
  WANTED,
  type WantedBecause,
} from '../../../domain/planning/could-show.js';
import { SmallNDto, StrengthDto } from './strength.dto.js';

const GATES = ['create', 'launch', 'decide'] as const;
const OUTCOMES = ['pass', 'refused'] as const;
const SEVERITIES = ['blocks', 'warns'] as const;
const FACT = {
  oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
};

/** A request that would help, as it can be sent. */
export class RemedyDto {
  action: string;
  @ApiProperty({ enum: ['GET', 'POST', 'PUT', 'DELETE'], enumName: 'RemedyMethod' })
  method: string;
  path: string;
  /** What you must bring. */
  needs: string;
}

/** One thing the gate looked at. */
export class GateItemDto {
  /** Stable, e.g. TOO_FEW_PEOPLE. */
  code: string;
  @ApiProperty({ enum: SEVERITIES, enumName: 'Severity' })
  severity: Severity;
  /** JSON Pointer into the experiment's body. */
  pointer: string;
  @ApiProperty(FACT as object)
  expected: string | number | boolean | null;
  @ApiProperty(FACT as object)
  actual: string | number | boolean | null;
  /** Ids only, never words. */
  subjects: string[];
  /** One plain sentence. */
  why: string;
  remedies: RemedyDto[];
}

export class NextBestDto {
  code: string;
  why: string;
  @ApiProperty({ type: RemedyDto, nullable: true })
  remedy: NextBest['remedy'];
  /** Codes that should fall with it. */
  @ApiProperty({ required: false, type: [String] })
  clears?: readonly string[];
}

export class GatePolicyDto {
  @ApiProperty({ enum: POLICY_PROFILES, enumName: 'PolicyProfile' })
  profile: PolicyProfile;
  @ApiProperty({ type: 'integer' })
  version: number;
  /** What no policy of this profile can go below; see /v1/policies. */
  @ApiProperty({ required: false, type: 'object', additionalProperties: true } as object)
  floors?: PolicyFloors;
}

export class GateCountsDto {
  /** Distinct people whose words count. */
  @ApiProperty({ type: 'integer' })
  people: number;
  @ApiProperty({ type: 'integer' })
  accounts: number;
  @ApiProperty({ type: 'integer' })
  liveFirstHand: number;
  @ApiProperty({ type: 'integer' })
  writtenFirstHand: number;
  @ApiProperty({ type: 'integer' })
  hearsay: number;
  @ApiProperty({ type: 'integer' })
  interviews: number;
  @ApiProperty({ type: 'integer' })
  supports: number;
  @ApiProperty({ type: 'integer' })
  contradicts: number;
  @ApiProperty({ type: 'integer' })
  qualifies: number;
  /** Distinct people who were asked, whatever they said. */
  @ApiProperty({ type: 'integer', required: false })
  asked?: number;
  /** Of them, those who did not mention it. */
  @ApiProperty({ type: 'integer', required: false })
  silent?: number;
  /** Distinct stages that those asked speak for. */
  @ApiProperty({ type: 'integer', required: false })
  stages?: number;
  /** Distinct buying roles among those asked. */
  @ApiProperty({ type: 'integer', required: false })
  roles?: number;
}

/** What the gate says: every item at once, met or not. */
export class GateReportDto {
  @ApiProperty({ enum: GATES, enumName: 'GateName' })
  gate: GateName;
  @ApiProperty({ enum: OUTCOMES, enumName: 'GateOutcome' })
  outcome: GateOutcome;
  policy: GatePolicyDto;
  unmet: GateItemDto[];
  warnings: GateItemDto[];
  met: GateItemDto[];
  /** The item to repair first; null when nothing is unmet. */
  @ApiProperty({ type: NextBestDto, nullable: true })
  nextBest: NextBestDto | null;
  counts: GateCountsDto;
  /** How far the evidence carries, component by component; it warns and never blocks. */
  @ApiProperty({ type: () => StrengthDto, required: false })
  confidence?: StrengthDto;
  /** What so few people can and cannot show. */
  @ApiProperty({ type: () => SmallNDto, required: false })
  smallN?: SmallNDto;
}

export class ShownEffectDto {
  /** In the metric's unit; below 0 where less is better. */
  absolute: number;
  /** As a share of what units do today; absent unless that is above 0. */
  relative?: number;
  /** For money: what it is worth in a year over all eligible units. */
  perYear?: number;
}

/** What the smallest effect that can be found comes to, in major units. */
export class ShownWorthDto {
  currency: string;
  /** If all units of the run had it. */
  ofRun: number;
  /** In a year over all eligible units, at the traffic there is. */
  perYear: number;
}

/** An effect that the test is to find, and whether it can. */
export class WantedEffectDto {
  /** Why a size like this: it is the least that matters, or the most that is predicted. */
  @ApiProperty({ enum: WANTED, enumName: 'WantedBecause' })
  because: WantedBecause;
  /** Absent where nothing is known of the metric. */
  effect?: ShownEffectDto;
  /** In all variants together. */
  @ApiProperty({ type: 'integer', required: false })
  unitsNeeded?: number;
  /** Of enrolment. */
  @ApiProperty({ type: 'integer', required: false })
  days?: number;
  /** `beyond`: it takes longer than planned, or no test of this kind can find it. */
  @ApiProperty({ enum: REACHES, enumName: 'Reach' })
  reach: Reach;
  /** The same in words. */
  sentence: string;
}

/** The smallest effect on a metric that the test could find, at today's traffic, with power 0.8. */
export class CouldShowDto {
  /** Key of the metric. */
  metric: string;
  /** Its part in the experiment. */
  @ApiProperty({ enum: ['leading', 'deciding'], enumName: 'ShownRole' })
  role: 'leading' | 'deciding';
  /** Of enrolment: the planned ones, or four weeks. */
  @ApiProperty({ type: 'integer' })
  days: number;
  /**
   * That enter in that time: at the test's traffic, in a layer too, and without those held out. How
   * many meet the conditions of the audience is not known before, so they are left out of account.
   */
  @ApiProperty({ type: 'integer', required: false })
  units?: number;
  /** Absent where nothing is known yet, or the test is too small for any effect. */
  smallestEffect?: ShownEffectDto;
  /** Of money: what the smallest effect comes to. */
  worth?: ShownWorthDto;
  /** The sizes that the experiment declares, and whether it can find them. */
  wanted: WantedEffectDto[];
  /** Whether traffic and behaviour of today are known. */
  isKnown: boolean;
  /** The same in words, or why there is none. */
  sentence: string;
}

/** The answer of a dry run: the gate's report, and what the test could ever show. */
export class CheckReportDto extends GateReportDto {
  /** One entry for the leading metric, one for the deciding one. */
  couldShow: CouldShowDto[];
  /** JSON Pointers of what must be there before the gate can pass; neutral placeholders stand in. */
  missing: string[];
  /** JSON Pointers of what was taken from the experiment it goes on from. */
  inherited: string[];
}

export class GateDecisionDto {
  id: string;
  report: GateReportDto;
  /** Digest of what was read: equal input, equal answer. */
  inputDigest: string;
  /** Member who asked. */
  decidedBy: string;
  @ApiProperty({ format: 'date-time' })
  decidedAt: string;
}

export class GateDecisionListDto {
  data: GateDecisionDto[];
}

export class PlanDto {
  @ApiProperty({ type: 'integer' })
  version: number;
  /**
   * Everything that decides the test, as it was frozen: with what it holds of its layer
   * (`layer.ranges`, of 10,000 buckets) and the holdouts it keeps out (`holdouts`, each with its seed
   * and `points` of 10,000).
   */
  @ApiProperty({ type: 'object', additionalProperties: true })
  plan: object;
  /** SHA-256 of the plan's canonical JSON (RFC 8785). */
  digest: string;
  reason: string;
  frozenBy: string;
  @ApiProperty({ format: 'date-time' })
  frozenAt: string;
}

export class PlanListDto {
  /** The version in force. */
  current: PlanDto;
  /** Every version, oldest first. */
  versions: PlanDto[];
}

export class TimelineEntryDto {
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** create, launch, amend, end_enrolment, decide ... */
  what: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  facts: object;
  /** Member who did it; absent when it happened by itself, as planned. */
  memberId?: string;
}

export class TimelineDto {
  data: TimelineEntryDto[];
}
