import { WARNING_ONLY_CODES, type CreateGateCode } from './create-gate-codes.js';
import { SUBJECTS_MAX, type GateItem, type Remedy } from './gate-report.js';

/** What one check found: `warning` is for what is worth knowing and does not block. */
export interface Finding {
  state: 'unmet' | 'warning' | 'met';
  code: CreateGateCode;
  item: GateItem;
}

export interface FindingFacts {
  code: CreateGateCode;
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
  const { code, pointer, expected, actual, why } = facts;
  const subjects = [...new Set(facts.subjects ?? [])].slice(0, SUBJECTS_MAX);
  const remedies = state === 'met' ? [] : (facts.remedies ?? []).slice(0, REMEDIES_MAX);
  const warns = state === 'warning' || WARNING_ONLY_CODES.includes(code);
  const severity = warns ? 'warns' : 'blocks';
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
