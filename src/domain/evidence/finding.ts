import { WARNING_ONLY_CODES, type CreateGateCode } from './create-gate-codes.js';
import { SUBJECTS_MAX, type GateItem, type Remedy } from './gate-report.js';

/** What one check found: `warning` is for what is worth knowing and does not block. */
export interface Finding<Code extends string = CreateGateCode> {
  state: 'unmet' | 'warning' | 'met';
  code: Code;
  item: GateItem;
}

export interface FindingFacts<Code extends string = CreateGateCode> {
  code: Code;
  pointer: string;
  expected: GateItem['expected'];
  actual: GateItem['actual'];
  subjects?: readonly string[];
  why: string;
  remedies?: readonly Remedy[];
}

/** More requests than this are a list to scroll past, not help. */
const REMEDIES_MAX = 10;

export function finding(state: Finding['state'], facts: FindingFacts): Finding {
  return findingOf(state, facts, WARNING_ONLY_CODES);
}

/** @param warningOnly codes that never block, so that they are shown as warnings when met too */
export function findingOf<Code extends string>(
  state: Finding['state'],
  facts: FindingFacts<Code>,
  warningOnly: readonly Code[],
): Finding<Code> {
  const { code, pointer, expected, actual, why } = facts;
  const subjects = [...new Set(facts.subjects ?? [])].slice(0, SUBJECTS_MAX);
  const remedies = state === 'met' ? [] : (facts.remedies ?? []).slice(0, REMEDIES_MAX);
  const severity = state === 'warning' || warningOnly.includes(code) ? 'warns' : 'blocks';
  return {
    state,
    code,
    item: { code, severity, pointer, expected, actual, subjects, why, remedies },
  };
}

/** `1 quote`, `2 quotes`; the plural is given where it is irregular. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
