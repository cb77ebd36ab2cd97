import type { NotComputed } from '../../stats/outcome.js';
import type { PolicyProfile } from '../experiments/definition.js';
import type { SmallNPanel } from './measures/small-n.js';
import type { Strength } from './measures/strength.js';
import type { PolicyFloors } from './policies.js';

/** The gate's answer: every item, met or not, as data. Prose is part of it because people read it. */

export type GateName = 'create' | 'launch' | 'decide';
export type GateOutcome = 'pass' | 'refused';
export type Severity = 'blocks' | 'warns';

/** A request that would help, exactly as it can be sent. */
export interface Remedy {
  action: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** What the caller must bring. */
  needs: string;
}

export interface GateItem {
  /** Stable, upper case, e.g. TOO_FEW_PEOPLE. */
  code: string;
  severity: Severity;
  /** JSON Pointer (RFC 6901) into the experiment's body. */
  pointer: string;
  expected: string | number | boolean | null;
  actual: string | number | boolean | null;
  /** Ids only, never words; at most SUBJECTS_MAX. */
  subjects: readonly string[];
  /** One plain sentence a marketer understands. */
  why: string;
  remedies: readonly Remedy[];
}

export interface GateCounts {
  /** Distinct people who were asked, whatever they said; absent in the decide gate. */
  asked?: number;
  /** Of them, those who were asked and did not mention it. */
  silent?: number;
  /** Distinct stages that those asked speak for. */
  stages?: number;
  /** Distinct buying roles among those asked. */
  roles?: number;
  people: number;
  accounts: number;
  liveFirstHand: number;
  writtenFirstHand: number;
  hearsay: number;
  interviews: number;
  supports: number;
  contradicts: number;
  qualifies: number;
}

export interface NextBest {
  code: string;
  why: string;
  remedy: Remedy | null;
  /** Codes that should fall with it. */
  clears?: readonly string[];
}

export interface GateReport {
  gate: GateName;
  outcome: GateOutcome;
  /** `floors`: what no policy of this profile can go below. */
  policy: { profile: PolicyProfile; version: number; floors?: PolicyFloors };
  unmet: readonly GateItem[];
  warnings: readonly GateItem[];
  met: readonly GateItem[];
  /** The unmet item to repair first, with the reason; null when nothing is unmet. */
  nextBest: NextBest | null;
  counts: GateCounts;
  /** How far the evidence carries; absent where no evidence is judged. */
  confidence?: Strength;
  /** What so few people can and cannot show. */
  smallN?: SmallNPanel | NotComputed;
}

/** Longer lists are cut: a refusal is for reading. */
export const SUBJECTS_MAX = 200;
