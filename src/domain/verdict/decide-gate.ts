import type { GateItem, GateReport } from '../evidence/gate-report.js';
import { TRANSITIONS } from '../experiments/lifecycle.js';
import type { DecideCheck, DecideGateCode, DecideGateInput } from './decide-case.js';
import { provisionalChecks } from './provisional-checks.js';
import { shipChecks } from './ship-checks.js';

/** The gate before a decision: what the verdict carries may be done, all else is refused with reasons. */

/**
 * What no override lifts: facts rather than judgements. An A/A test has nothing to ship, `explore`
 * can never ship (passing `standard` promotes it), and a decision without a reason is none.
 */
export const NEVER_OVERRIDDEN: ReadonlySet<DecideGateCode> = new Set([
  'STATE_NOT_DECIDABLE',
  'REASON_MISSING',
  'OVERRIDE_REASON_MISSING',
  'VARIANT_UNKNOWN',
  'VARIANT_KILLED',
  'AA_CANNOT_SHIP',
  'EXPLORE_CANNOT_SHIP',
]);

/**
 * The gate's report. All checks always run, so a refusal names everything at once. `stop`,
 * `roll_back` and `iterate` need a reason and nothing else: ending harm must never wait.
 *
 * With an override the unmet items stay in the report as warnings, beside an item `OVERRIDDEN`.
 */
export function evaluateDecideGate(input: DecideGateInput): GateReport {
  const checks = [...commonChecks(input), ...checksOf(input)];
  const failed = checks.filter(({ met }) => !met);
  const overridable = failed.filter(({ code }) => !NEVER_OVERRIDDEN.has(code));
  const overridden =
    input.override !== null && overridable.length > 0 && overridable.length === failed.length;
  const unmet = overridden ? [] : failed.map((check) => itemOf(check, 'blocks'));
  const first = unmet[0];
  return {
    gate: 'decide',
    outcome: first === undefined ? 'pass' : 'refused',
    policy: { ...input.policy },
    unmet,
    warnings: [
      ...(overridden
        ? [overriddenItem(overridable.length, input), ...overridable.map(warning)]
        : []),
      ...partialProfit(input),
    ],
    met: checks.filter(({ met }) => met).map((check) => itemOf(check, 'blocks')),
    nextBest:
      first === undefined
        ? null
        : { code: first.code, why: first.why, remedy: first.remedies[0] ?? null },
    counts: { ...input.counts },
  };
}

function checksOf(input: DecideGateInput): DecideCheck[] {
  switch (input.action) {
    case 'ship':
      return shipChecks(input);
    case 'ship_provisional':
      return provisionalChecks(input);
    case 'roll_back':
    case 'iterate':
    case 'stop':
      return [];
  }
}

function commonChecks({ state, reason, override }: DecideGateInput): DecideCheck[] {
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

/** Shipping on partial profit is allowed and never silent. */
function partialProfit({ action, verdict }: DecideGateInput): GateItem[] {
  const ships = action === 'ship' || action === 'ship_provisional';
  if (!ships || verdict === null || verdict.profitCoverage === 'full') return [];
  return [
    {
      code: 'PARTIAL_PROFIT',
      severity: 'warns',
      pointer: '',
      expected: 'full',
      actual: verdict.profitCoverage,
      subjects: verdict.unknownCosts,
      why: `This is partial profit: nobody has declared ${verdict.unknownCosts.join(', ')}.`,
      remedies: [
        {
          action: 'Declare the costs',
          method: 'PUT',
          path: '/v1/project',
          needs: 'costs: how each unknown kind is measured, or why there is none',
        },
      ],
    },
  ];
}
