import type { GateReport, NextBest } from '../evidence/gate-report.js';
import { effectiveProfile } from '../evidence/policies.js';
import {
  type LaunchCase,
  type LaunchCheck,
  type LaunchFinding,
  type LaunchGateCode,
  type LaunchGateInput,
} from './launch-gate-case.js';
import { guardrailObservedByHand, guardrailUnpaired } from './launch-gate-guardrails.js';
import {
  acknowledgedAlone,
  impactMissing,
  impactUnacknowledged,
  incentiveUndeclared,
} from './launch-gate-impacts.js';
import { layerFull, layerUnitMismatch } from './launch-gate-layer.js';
import { botFilterUndeclared, ecologyCollision, specialCause } from './launch-gate-numbers.js';
import {
  createGateLapsed,
  noDownstreamReadout,
  noExperiencePrediction,
  noFalsifier,
  notFrozen,
} from './launch-gate-plan.js';
import { cannotResolve, powerUnknown } from './launch-gate-power.js';
import { followUpUnprepared, noSecondReader, readAlone } from './launch-gate-readers.js';
import { notWholeWeeks } from './launch-gate-weeks.js';

/** In the order of their codes. */
const CHECKS: readonly LaunchCheck[] = [
  acknowledgedAlone,
  botFilterUndeclared,
  cannotResolve,
  createGateLapsed,
  ecologyCollision,
  followUpUnprepared,
  guardrailObservedByHand,
  guardrailUnpaired,
  impactMissing,
  impactUnacknowledged,
  incentiveUndeclared,
  layerFull,
  layerUnitMismatch,
  notFrozen,
  notWholeWeeks,
  noDownstreamReadout,
  noExperiencePrediction,
  noFalsifier,
  noSecondReader,
  powerUnknown,
  readAlone,
  specialCause,
];

const LAYER_CHECKS: readonly LaunchCheck[] = [layerFull, layerUnitMismatch];

/** What the author can write alone comes before what needs other people, or new data. */
const REPAIR_ORDER: readonly LaunchGateCode[] = [
  'NOT_FROZEN',
  'NO_FALSIFIER',
  'NO_EXPERIENCE_PREDICTION',
  'GUARDRAIL_UNPAIRED',
  'NO_DOWNSTREAM_READOUT',
  'LAYER_UNIT_MISMATCH',
  'LAYER_FULL',
  'IMPACT_MISSING',
  'IMPACT_UNACKNOWLEDGED',
  'NO_SECOND_READER',
  'SPECIAL_CAUSE',
];

/**
 * The gate before launch: what passed at creation holds now, the test can fail, it watches what it may
 * harm, and those who will live with it know.
 *
 * The report holds the create gate's items too, in one order. An A/A test is asked for nothing
 * but a place in its layer, where it has one.
 */
export function evaluateLaunchGate(input: LaunchGateInput): GateReport {
  const { createReport, definition, policies } = input;
  const gate: LaunchCase = {
    ...input,
    rationale: definition.rationale ?? {},
    policy: policies[effectiveProfile(definition, policies)],
  };
  const own = checksOf(definition).map((check) => check(gate));
  const merged = (state: LaunchFinding['state'], created: GateReport['unmet']) =>
    [...own.filter((found) => found.state === state).map(({ item }) => item), ...created].toSorted(
      (one, other) => (one.code < other.code ? -1 : one.code > other.code ? 1 : 0),
    );
  const unmet = merged('unmet', createReport.unmet);
  return {
    ...createReport,
    gate: 'launch',
    outcome: unmet.length === 0 ? 'pass' : 'refused',
    unmet,
    warnings: merged('warning', createReport.warnings),
    met: merged('met', createReport.met),
    nextBest: createReport.nextBest ?? nextBestOf(own),
  };
}

function checksOf({ kind, layer }: LaunchGateInput['definition']): readonly LaunchCheck[] {
  if (kind === 'ab') return CHECKS;
  return layer === undefined ? [] : LAYER_CHECKS;
}

/** Evidence first, since everything else rests on it; here only what launching adds. */
function nextBestOf(own: readonly LaunchFinding[]): NextBest | null {
  const open = own.filter(({ state }) => state === 'unmet');
  const [best] = open.toSorted(
    (one, other) => REPAIR_ORDER.indexOf(one.code) - REPAIR_ORDER.indexOf(other.code),
  );
  if (best === undefined) return null;
  const { code, why, remedies } = best.item;
  return { code, why, remedy: remedies[0] ?? null, clears: [] };
}
