import type { PolicyProfile } from '../experiments/definition.js';

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

export interface GateReport {
  gate: GateName;
  outcome: GateOutcome;
  policy: { profile: PolicyProfile; version: number };
  unmet: readonly GateItem[];
  warnings: readonly GateItem[];
  met: readonly GateItem[];
  /** The unmet item to repair first, with the reason; null when nothing is unmet. */
  nextBest: { code: string; why: string; remedy: Remedy | null } | null;
  counts: GateCounts;
}

/** Longer lists are cut: a refusal is for reading. */
export const SUBJECTS_MAX = 200;
