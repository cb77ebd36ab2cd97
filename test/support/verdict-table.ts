import { DECISION_ACTIONS, type DecisionAction } from '../../src/domain/experiments/decision.js';
import type { GuardrailState, Outcome } from '../../src/domain/verdict/classify.js';
import { evaluateDecideGate } from '../../src/domain/verdict/decide-gate.js';
import {
  CROSSOVER_SHARE_MAX,
  type HealthFindings,
  judge,
  type Verdict,
} from '../../src/domain/verdict/verdict.js';
import { eur, LEARNED, PROVISIONAL } from './decide-cases.js';

/** Every combination of what a verdict and a decision depend on, and the page that shows them. */

export const AXES = {
  costs: ['full', 'partial'],
  arm: ['running', 'killed'],
  audit: ['audited', 'unaudited'],
  guardrails: ['held', 'breached', 'breached, answered', 'unresolved', 'not computed'],
  harm: ['none', 'of profit', 'of a guardrail'],
  leading: ['won', 'lost', 'flat', 'not computed'],
  profit: ['won', 'lost', 'flat, non-inferior', 'flat', 'not computed'],
  matured: ['no', 'yes'],
  health: ['ok', 'ratio failed', 'ratio not computed', 'crossovers', 'data fault'],
} as const;
export type Axis = keyof typeof AXES;
export type Combination = { [Name in Axis]: (typeof AXES)[Name][number] };

export interface Ruled {
  combination: Combination;
  verdict: Verdict;
  /** The decisions that pass when everything else they need is there. */
  permits: readonly DecisionAction[];
  /** Codes of what the passed decisions to ship warn of. */
  warnings: readonly string[];
}

const NAMES = Object.keys(AXES) as Axis[];

export function* everyCombination(): Generator<Combination> {
  const count = NAMES.reduce((product, name) => product * AXES[name].length, 1);
  for (let number = 0; number < count; number++) {
    let rest = number;
    const chosen = NAMES.map((name) => {
      const values = AXES[name];
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      return [name, value];
    });
    yield Object.fromEntries(chosen) as Combination;
  }
}

const HEALTH: Readonly<Record<Combination['health'], HealthFindings>> = {
  ok: { srm: 'ok', crossovers: 0, dataFaults: [] },
  'ratio failed': { srm: 'failed', crossovers: 0, dataFaults: [] },
  'ratio not computed': { srm: 'not_computed', crossovers: 0, dataFaults: [] },
  crossovers: { srm: 'ok', crossovers: CROSSOVER_SHARE_MAX * 2, dataFaults: [] },
  'data fault': {
    srm: 'ok',
    crossovers: 0,
    dataFaults: [{ code: 'state-differs', sentence: 'The sums differ from the log.' }],
  },
};
const OUTCOMES: Readonly<Record<Combination['profit'], Outcome>> = {
  won: 'won',
  lost: 'lost',
  'flat, non-inferior': 'flat',
  flat: 'flat',
  'not computed': 'not_computed',
};
const STATES: Readonly<Record<Combination['guardrails'], GuardrailState>> = {
  held: 'non_inferior',
  breached: 'breached',
  'breached, answered': 'breached',
  unresolved: 'unresolved',
  'not computed': 'not_computed',
};

/** The verdict on one variant, and what the gate says to each decision about it. */
export function ruled(combination: Combination): Ruled {
  const verdict = judgedOf(combination);
  const reports = DECISION_ACTIONS.map((action) => ({
    action,
    report: evaluateDecideGate({
      ...PROVISIONAL,
      state: 'maturing',
      action,
      verdict,
      killedVariants: combination.arm === 'killed' ? ['short'] : [],
      leadingMetric: 'signup',
      auditedProxies: combination.audit === 'audited' ? ['signup'] : [],
      guardrailAnswers: combination.guardrails === 'breached, answered' ? [ANSWER] : [],
      provisionalLossCap: eur(100_000),
      expectedLossOfShipping: eur(40_000),
      learning: LEARNED,
    }),
  }));
  const passed = reports.filter(({ report }) => report.outcome === 'pass');
  return {
    combination,
    verdict,
    permits: passed.map(({ action }) => action),
    warnings: passed.flatMap(({ report }) => report.warnings.map(({ code }) => code)),
  };
}

const ANSWER = {
  metric: 'tickets',
  variant: 'short',
  accepted: true,
  state: 'breached',
  sequentialHarm: false,
} as const;

function judgedOf(combination: Combination): Verdict {
  const { profit, leading, harm, guardrails, matured, costs, arm, health } = combination;
  const partial = costs === 'partial';
  return judge({
    kind: 'ab',
    health: HEALTH[health],
    chain: [],
    costs: { coverage: partial ? 'partial' : 'full', unknown: partial ? ['cogs'] : [] },
    variants: [
      {
        variant: 'short',
        killed: arm === 'killed',
        leading: { metric: 'signup', outcome: OUTCOMES[leading], by: 'planned_look' },
        deciding: {
          metric: 'profit',
          outcome: OUTCOMES[profit],
          matured: matured === 'yes',
          estimate: profit === 'not computed' ? null : 1,
          interval: null,
          nonInferior: profit === 'won' || profit === 'flat, non-inferior',
          sequentialHarm: harm === 'of profit',
        },
        guardrails: [
          {
            key: 'tickets',
            state: STATES[guardrails],
            sequentialHarm: harm === 'of a guardrail',
          },
        ],
        movements: {},
      },
    ],
  });
}

/** Values of each axis that make no difference to what is ruled. */
interface Row {
  values: Record<Axis, readonly string[]>;
  cells: readonly string[];
}

/** Rows that say the same and differ in one axis only become one, axis by axis. */
export function collapsed(all: Iterable<Ruled>): Row[] {
  let rows: Row[] = [...all].map((one) => ({
    values: Object.fromEntries(
      NAMES.map((name) => [name, [one.combination[name]]]),
    ) as unknown as Row['values'],
    cells: cellsOf(one),
  }));
  for (const axis of NAMES) rows = joinedOver(axis, rows);
  return rows;
}

function joinedOver(axis: Axis, rows: readonly Row[]): Row[] {
  const joined = new Map<string, Row>();
  for (const row of rows) {
    const others = NAMES.map((name) => (name === axis ? '' : row.values[name].join('|')));
    const key = [...row.cells, ...others].join('\n');
    const known = joined.get(key);
    if (known === undefined) joined.set(key, row);
    else {
      const values = [...known.values[axis], ...row.values[axis]];
      joined.set(key, { ...known, values: { ...known.values, [axis]: values } });
    }
  }
  return [...joined.values()];
}

function cellsOf({ verdict, permits }: Ruled): string[] {
  const says = (action: DecisionAction) => (permits.includes(action) ? '**yes**' : 'no');
  return [
    `\`${verdict.perVariant[0]?.state ?? ''}\``,
    verdict.winner === undefined ? 'none' : 'the variant',
    says('ship'),
    says('ship_provisional'),
  ];
}

/** From what voids a result to what only colours it. */
const COLUMNS: readonly [Axis, string][] = [
  ['health', 'Health'],
  ['matured', 'Profit matured'],
  ['profit', 'Profit'],
  ['leading', 'Leading metric'],
  ['harm', 'Harm bound crossed'],
  ['guardrails', 'Guardrails'],
  ['audit', 'Proxy'],
  ['arm', 'Arm'],
  ['costs', 'Costs known'],
];
const RULED = ['Verdict', 'Winner', '`ship`', '`ship_provisional`'];

export function verdictTablePage(all: readonly Ruled[]): string {
  const rows = collapsed(all);
  const cells = rows.map(({ values, cells: said }) => [
    ...COLUMNS.map(([axis]) => shortened(axis, values[axis])),
    ...said,
  ]);
  const head = [...COLUMNS.map(([, title]) => title), ...RULED];
  return [
    '# The verdict table',
    '',
    `All ${all.length} combinations of what a verdict on one variant and a decision about it depend on, in`,
    `${rows.length} rows. A row stands for every combination of the values in it; \`any\` is every value of its column, and`,
    'together the rows cover each combination once.',
    '',
    'The test is an A/B test on evidence that passed `standard` and stands. Whatever else a decision needs is there: a',
    'written reason, what was learned, and for a provisional ship a cap on the loss that is kept, a hold-back of 5% and a',
    'dated re-read. `roll_back`, `iterate` and `stop` are permitted in every row. Unknown costs change no verdict; they',
    'make it _partial profit_ wherever it is shown. What an override may do is in `src/domain/verdict/decide-gate.ts`.',
    '',
    'Generated: `node scripts/verdict-table.mjs`.',
    '',
    '<!-- prettier-ignore-start -->',
    lineOf(head),
    lineOf(head.map(() => '---')),
    ...cells.map(lineOf),
    '<!-- prettier-ignore-end -->',
    '',
  ].join('\n');
}

function shortened(axis: Axis, values: readonly string[]): string {
  const all: readonly string[] = AXES[axis];
  return values.length === all.length ? 'any' : values.join(' / ');
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
