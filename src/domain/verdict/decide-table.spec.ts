import { DECISION_ACTIONS } from '../experiments/decision.js';
import { EXPERIMENT_KINDS, POLICY_PROFILES } from '../experiments/definition.js';
import { EXPERIMENT_STATES } from '../experiments/lifecycle.js';
import { GUARDRAIL_STATES } from './classify.js';
import type { DecideGateInput } from './decide-case.js';
import { evaluateDecideGate } from './decide-gate.js';
import { AA_VERDICTS, AB_VERDICTS } from './verdict.js';

/** The members that the table varies; all else is what a provisional decision needs. */
const AXES = {
  state: EXPERIMENT_STATES,
  verdict: [...new Set([...AB_VERDICTS, ...AA_VERDICTS])],
  action: DECISION_ACTIONS,
  guardrail: GUARDRAIL_STATES,
  profile: POLICY_PROFILES,
  kind: EXPERIMENT_KINDS,
  audited: [false, true],
  answered: [false, true],
  withdrawn: [false, true],
  learned: [false, true],
  overridden: [false, true],
} as const;
type Combination = { [Axis in keyof typeof AXES]: (typeof AXES)[Axis][number] };

function* everyCombination(): Generator<Combination> {
  const axes = Object.entries(AXES);
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  for (let number = 0; number < count; number++) {
    let rest = number;
    const chosen = axes.map(([name, values]) => {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value];
    });
    yield Object.fromEntries(chosen) as Combination;
  }
}

function inputOf(combination: Combination): DecideGateInput {
  const { state, action, verdict, guardrail, profile, kind } = combination;
  return {
    experimentKey: 'short-form',
    kind,
    state,
    policy: { profile, version: 1 },
    counts: {
      people: 3,
      accounts: 3,
      liveFirstHand: 2,
      writtenFirstHand: 1,
      hearsay: 0,
      interviews: 3,
      supports: 4,
      contradicts: 0,
      qualifies: 0,
    },
    action,
    variant: 'short',
    reason: 'Because.',
    holdBack: 0.05,
    rereadAt: new Date('2026-07-01T00:00:00Z'),
    override: combination.overridden ? { reason: 'Even so.', by: 'm1', request: null } : null,
    overrideBySecond: { asked: false, possible: true },
    verdict: {
      perVariant: [
        {
          variant: 'short',
          state: verdict,
          reasons: [],
          chain: [],
          guardrails: [{ key: 'tickets', state: guardrail, sequentialHarm: false }],
        },
      ],
      profitCoverage: 'full',
      unknownCosts: [],
    },
    killedVariants: [],
    leadingMetric: 'signup',
    auditedProxies: combination.audited ? ['signup'] : ['visits'],
    plannedGuardrails: [{ key: 'tickets', answerer: 'Head of support' }],
    guardrailAnswers: combination.answered
      ? [
          {
            metric: 'tickets',
            variant: 'short',
            accepted: true,
            state: 'breached',
            sequentialHarm: false,
          },
        ]
      : [],
    provisionalLossCap: { amountMinor: 100_000, currency: 'EUR' },
    expectedLossOfShipping: { amountMinor: 40_000, currency: 'EUR' },
    evidenceWithdrawn: combination.withdrawn,
    evidenceGapAnswered: false,
    learning: {
      said: {
        why: combination.learned ? { state: 'unexplained', text: 'Nobody knows.' } : null,
        links: [],
        surprises: [],
        sideEffects: [],
      },
      links: [],
      surprises: [],
      impacts: [],
      quotes: [],
      experienceMeasured: false,
      postHocPriors: [],
    },
    now: new Date('2026-06-01T00:00:00Z'),
  };
}

const OPEN_STATES = ['running', 'paused', 'maturing', 'decided'];

/** What no override lifts. */
function mayEverShip({ state, kind, profile }: Combination): boolean {
  return OPEN_STATES.includes(state) && kind === 'ab' && profile !== 'explore';
}

/** The rule once more, in the words of the product. */
function mayPass(combination: Combination): boolean {
  const { action, state, verdict, guardrail, audited, answered, withdrawn } = combination;
  const learned = combination.learned || combination.kind === 'aa';
  if (action === 'stop' || action === 'roll_back') return OPEN_STATES.includes(state);
  if (action === 'iterate') {
    return OPEN_STATES.includes(state) && (learned || combination.overridden);
  }
  if (!mayEverShip(combination)) return false;
  if (combination.overridden) return true;
  if (!learned || withdrawn) return false;
  const holds = guardrail === 'non_inferior';
  if (action === 'ship_provisional') return holds && verdict === 'proxy_win_pending_profit';
  return (holds || answered) && carriesShip(verdict, audited);
}

function carriesShip(verdict: Combination['verdict'], audited: boolean): boolean {
  return verdict === 'profit_win' || (verdict === 'proxy_win_profit_flat' && audited);
}

describe('every combination of what a decision depends on', () => {
  it('ships on money or on an audited proxy whose profit held up, never on a proxy alone', () => {
    const wrong: string[] = [];
    const passed = new Map<string, number>();
    for (const combination of everyCombination()) {
      const { outcome, unmet, warnings } = evaluateDecideGate(inputOf(combination));
      const passes = outcome === 'pass';
      const asRuled = mayPass({ ...combination, overridden: false });
      const marked = warnings.some(({ code }) => code === 'OVERRIDDEN');
      if (passes !== mayPass(combination)) wrong.push(`outcome: ${JSON.stringify(combination)}`);
      if (passes !== (unmet.length === 0)) wrong.push(`unmet: ${JSON.stringify(combination)}`);
      if (marked !== (passes && !asRuled)) wrong.push(`mark: ${JSON.stringify(combination)}`);
      if (passes && asRuled) {
        passed.set(combination.action, (passed.get(combination.action) ?? 0) + 1);
      }
    }
    expect(wrong).toEqual([]);
    expect([...passed.keys()].toSorted()).toEqual([...DECISION_ACTIONS].toSorted());
  });
});
