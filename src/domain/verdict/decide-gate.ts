import type { GateItem, GateReport } from '../evidence/gate-report.js';
import { TRANSITIONS } from '../experiments/lifecycle.js';
import type { DecideCheck, DecideGateCode, DecideGateInput } from './decide-case.js';
import { LEARNING_CODES, learningChecks } from './decide-learning-checks.js';
import { decideAgain } from './decide-remedies.js';
import { decideWarnings } from './decide-warnings.js';
import { secondMemberCheck } from './override-by-second.js';
import { provisionalChecks } from './provisional-checks.js';
import { shipChecks } from './ship-checks.js';

/** The gate before a decision: what the verdict carries may be done, all else is refused with reasons. */

/**
 * What no override lifts: facts rather than judgements. An A/A test has nothing to ship, `explore`
 * can never ship (passing `standard` promotes it), a decision without a reason is none, and one member
 * is not two.
 */
export const NEVER_OVERRIDDEN: ReadonlySet<DecideGateCode> = new Set([
  'STATE_NOT_DECIDABLE',
  'REASON_MISSING',
  'OVERRIDE_REASON_MISSING',
  'OVERRIDE_NEEDS_SECOND',
  'VARIANT_UNKNOWN',
  'VARIANT_KILLED',
  'AA_CANNOT_SHIP',
  'EXPLORE_CANNOT_SHIP',
]);

/**
 * The gate's report. All checks always run, so a refusal names everything at once. `stop` and
 * `roll_back` need a reason and nothing else: ending harm must never wait. Whoever goes on, by
 * shipping or with another try, says what was learned.
 *
 * With an override the unmet items stay in the report as warnings, beside an item `OVERRIDDEN`.
 */
export function evaluateDecideGate(input: DecideGateInput): GateReport {
  const asked = [...commonChecks(input), ...checksOf(input)];
  const checks = [...asked, ...secondMemberChecks(input, asked)];
  const failed = checks.filter(({ met }) => !met);
  const overridable = failed.filter(({ code }) => !NEVER_OVERRIDDEN.has(code));
  const overridden =
    input.override !== null && overridable.length > 0 && overridable.length === failed.length;
  const unmet = overridden ? [] : failed.map((check) => itemOf(check, 'blocks'));
  return {
    gate: 'decide',
    outcome: unmet.length === 0 ? 'pass' : 'refused',
    policy: { ...input.policy },
    unmet,
    warnings: [
      ...(overridden
        ? [overriddenItem(overridable.length, input), ...overridable.map(warning)]
        : []),
      ...decideWarnings(input),
    ],
    met: checks.filter(({ met }) => met).map((check) => itemOf(check, 'blocks')),
    nextBest: nextBestOf(unmet),
    counts: { ...input.counts },
  };
}

/** Only where something would be overruled: who decides with the gate needs nobody else. */
function secondMemberChecks(input: DecideGateInput, asked: readonly DecideCheck[]): DecideCheck[] {
  const overrules = asked.some(({ met, code }) => !met && !NEVER_OVERRIDDEN.has(code));
  return overrules && input.override !== null ? secondMemberCheck(input, input.override) : [];
}

function checksOf(input: DecideGateInput): DecideCheck[] {
  switch (input.action) {
    case 'ship':
      return [...shipChecks(input), ...learningChecks(input)];
    case 'ship_provisional':
      return [...provisionalChecks(input), ...learningChecks(input)];
    case 'iterate':
      return learningChecks(input);
    case 'roll_back':
    case 'stop':
      return [];
  }
}

/**
 * The first: what people write helps only once the facts carry the decision. What was learned is said
 * in one request, so the first of those items names the others.
 */
function nextBestOf(unmet: readonly GateItem[]): GateReport['nextBest'] {
  const [first, ...rest] = unmet;
  if (first === undefined) return null;
  const { code, why } = first;
  const others = isSaid(first) ? [...new Set(rest.filter(isSaid).map((item) => item.code))] : [];
  const also = others.length === 0 ? '' : ` The same request can clear ${others.join(', ')}.`;
  const clears = others.length === 0 ? {} : { clears: others };
  return { code, why: `${why}${also}`, remedy: first.remedies[0] ?? null, ...clears };
}

/** Answered in the body of the decision; words that came too late are not. */
function isSaid({ code }: GateItem): boolean {
  const codes: readonly string[] = LEARNING_CODES;
  return codes.includes(code) && code !== 'POST_HOC_AS_PRIOR';
}

function commonChecks(input: DecideGateInput): DecideCheck[] {
  const { state, reason, override, experimentKey } = input;
  const decidable = TRANSITIONS[state].decide !== null;
  const reasoned = reason.trim() !== '';
  const checks: DecideCheck[] = [
    {
      code: 'STATE_NOT_DECIDABLE',
      met: decidable,
      pointer: '',
      expected: 'running, paused, maturing or decided',
      actual: state,
      why: decidable
        ? `An experiment that is ${state} can be decided.`
        : `An experiment that is ${state} cannot be decided.`,
    },
    {
      code: 'REASON_MISSING',
      met: reasoned,
      pointer: '/reason',
      expected: true,
      actual: reasoned,
      why: reasoned ? 'The decision has a reason.' : 'A decision needs a written reason.',
      remedy: decideAgain(experimentKey, 'Decide with a reason', 'reason: why, in your words'),
    },
  ];
  if (override !== null && override.reason.trim() === '') {
    checks.push({
      code: 'OVERRIDE_REASON_MISSING',
      met: false,
      pointer: '/override/reason',
      expected: true,
      actual: false,
      why: 'Deciding against the gate needs a written reason of its own.',
      remedy: decideAgain(
        experimentKey,
        'Say why the gate is overruled',
        'override.reason: why this cannot wait',
      ),
    });
  }
  return checks;
}

function itemOf(check: DecideCheck, severity: GateItem['severity']): GateItem {
  const { code, pointer, expected, actual, subjects = [], why, met, remedy } = check;
  const remedies = met || remedy === undefined ? [] : [remedy];
  return { code, severity, pointer, expected, actual, subjects, why, remedies };
}

function warning(check: DecideCheck): GateItem {
  return itemOf(check, 'warns');
}

function overriddenItem(unmet: number, { override }: DecideGateInput): GateItem {
  return {
    code: 'OVERRIDDEN',
    severity: 'warns',
    pointer: '/override',
    expected: 0,
    actual: unmet,
    subjects: [],
    why: `Decided against the gate, because: ${override?.reason.trim() ?? ''}`,
    remedies: [],
  };
}
