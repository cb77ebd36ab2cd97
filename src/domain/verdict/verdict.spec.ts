import type { Outcome } from './classify.js';
import type { ReasonCode } from './reasons.js';
import {
  AA_VERDICTS,
  AB_VERDICTS,
  judge,
  type DecidingFindings,
  type HealthFindings,
  type VariantFindings,
  type VerdictInput,
  type VerdictState,
} from './verdict.js';

const HEALTHY: HealthFindings = { srm: 'ok', crossovers: 0, dataFaults: [] };
const FULL = { coverage: 'full', unknown: [] } as const;
const LOWER = { won: 0.2, lost: -0.9, flat: -0.4, not_computed: 0 };

type Change = Partial<Omit<VariantFindings, 'leading' | 'deciding'>> & {
  leading?: Outcome;
  deciding?: Partial<DecidingFindings>;
};
function aVariant({ leading = 'flat', deciding = {}, ...more }: Change = {}): VariantFindings {
  const outcome = deciding.outcome ?? 'flat';
  const interval =
    outcome === 'not_computed' ? null : { lower: LOWER[outcome], upper: LOWER[outcome] + 0.6 };
  return {
    variant: 'short',
    killed: false,
    leading: { metric: 'signup', outcome: leading, by: 'always_valid' },
    deciding: {
      metric: 'profit',
      outcome,
      matured: true,
      estimate: interval === null ? null : interval.lower + 0.3,
      interval,
      nonInferior: false,
      sequentialHarm: false,
      ...deciding,
    },
    guardrails: [],
    movements: {},
    ...more,
  };
}
const judgeOne = (change: Change, input: Partial<VerdictInput> = {}) => {
  const verdict = judge({
    kind: 'ab',
    health: HEALTHY,
    variants: [aVariant(change)],
    chain: [],
    costs: FULL,
    ...input,
  });
  const [variant] = verdict.perVariant;
  if (variant === undefined) throw new Error('one variant went in');
  return { verdict, ...variant, codes: variant.reasons.map(({ code }) => code) };
};

const young = { matured: false } as const;
const guardrail = (
  state: 'non_inferior' | 'breached' | 'unresolved' | 'not_computed',
  harm = false,
) => ({
  key: 'tickets',
  state,
  sequentialHarm: harm,
});

describe('the verdict on a variant', () => {
  it.each<[string, Change, VerdictState, ReasonCode[]]>([
    // Before maturity.
    ['nothing yet', { deciding: young }, 'collecting', ['LEADING_FLAT', 'PROFIT_NOT_MATURED']],
    [
      'leading won early',
      { leading: 'won', deciding: young },
      'proxy_win_pending_profit',
      ['LEADING_WON', 'PROFIT_NOT_MATURED'],
    ],
    [
      'leading lost early',
      { leading: 'lost', deciding: young },
      'collecting',
      ['LEADING_LOST', 'PROFIT_NOT_MATURED'],
    ],
    [
      'profit won early is not read',
      { deciding: { ...young, outcome: 'won' } },
      'collecting',
      ['LEADING_FLAT', 'PROFIT_NOT_MATURED'],
    ],
    [
      'profit harmed early',
      { leading: 'won', deciding: { ...young, sequentialHarm: true } },
      'harm',
      ['PROFIT_HARM_BOUND'],
    ],
    [
      'a guardrail harmed early',
      { leading: 'won', deciding: young, guardrails: [guardrail('breached', true)] },
      'harm',
      ['GUARDRAIL_HARM_BOUND'],
    ],
    [
      'a guardrail breached without its bound',
      { leading: 'won', deciding: young, guardrails: [guardrail('breached')] },
      'proxy_win_pending_profit',
      ['LEADING_WON', 'PROFIT_NOT_MATURED'],
    ],
    // Matured.
    [
      'the trap',
      { leading: 'won', deciding: { outcome: 'lost' } },
      'proxy_trap',
      ['LEADING_WON', 'PROFIT_LOST'],
    ],
    [
      'a loss',
      { leading: 'flat', deciding: { outcome: 'lost' } },
      'profit_loss',
      ['LEADING_FLAT', 'PROFIT_LOST'],
    ],
    [
      'both lost',
      { leading: 'lost', deciding: { outcome: 'lost' } },
      'profit_loss',
      ['LEADING_LOST', 'PROFIT_LOST'],
    ],
    [
      'both won',
      { leading: 'won', deciding: { outcome: 'won' } },
      'profit_win',
      ['LEADING_WON', 'PROFIT_WON'],
    ],
    [
      'profit won without the leading metric',
      { leading: 'lost', deciding: { outcome: 'won' } },
      'profit_win',
      ['LEADING_LOST', 'PROFIT_WON'],
    ],
    [
      'profit held up',
      { leading: 'won', deciding: { nonInferior: true } },
      'proxy_win_profit_flat',
      ['LEADING_WON', 'PROFIT_NON_INFERIOR'],
    ],
    [
      'profit unclear',
      { leading: 'won', deciding: { nonInferior: false } },
      'no_detectable_change',
      ['LEADING_WON', 'PROFIT_FLAT'],
    ],
    [
      'nothing moved',
      { deciding: { nonInferior: true } },
      'no_detectable_change',
      ['LEADING_FLAT', 'PROFIT_NON_INFERIOR'],
    ],
    [
      'profit cannot be computed',
      { leading: 'won', deciding: { outcome: 'not_computed', nonInferior: true } },
      'no_detectable_change',
      ['LEADING_WON', 'PROFIT_NOT_COMPUTED'],
    ],
    [
      'the leading metric cannot be computed',
      { leading: 'not_computed', deciding: { outcome: 'won' } },
      'profit_win',
      ['LEADING_NOT_COMPUTED', 'PROFIT_WON'],
    ],
    [
      'harm bounds are not read once the money is in',
      { deciding: { outcome: 'won', sequentialHarm: true } },
      'profit_win',
      ['LEADING_FLAT', 'PROFIT_WON'],
    ],
  ])('%s', (_name, change, state, codes) => {
    expect(judgeOne(change)).toMatchObject({ state, codes });
  });

  it.each<[string, Partial<HealthFindings>, ReasonCode[]]>([
    ['sample ratio', { srm: 'failed' }, ['SRM_FAILED']],
    ['crossovers', { crossovers: 0.011 }, ['CROSSOVERS']],
    ['crossovers without a number', { crossovers: Number.NaN }, ['CROSSOVERS']],
    ['data', { dataFaults: [{ code: 'rate-missing', sentence: 'No rate.' }] }, ['DATA_FAULT']],
    [
      'all of it',
      { srm: 'failed', crossovers: 1, dataFaults: [{ code: 'x', sentence: 'X.' }] },
      ['SRM_FAILED', 'CROSSOVERS', 'DATA_FAULT'],
    ],
  ])('is invalid before anything else: %s', (_name, health, codes) => {
    const changes: Change[] = [
      { leading: 'won', deciding: { outcome: 'won' } },
      { deciding: { ...young, sequentialHarm: true } },
    ];
    for (const change of changes) {
      expect(judgeOne(change, { health: { ...HEALTHY, ...health } })).toMatchObject({
        state: 'invalid',
        codes,
      });
      expect(judgeOne(change, { kind: 'aa', health: { ...HEALTHY, ...health } }).state).toBe(
        'invalid',
      );
    }
  });

  it('tolerates one crossover in a hundred', () => {
    expect(judgeOne({}, { health: { ...HEALTHY, crossovers: 0.01 } }).state).toBe(
      'no_detectable_change',
    );
  });

  it.each<[Change, VerdictState]>([
    [{ deciding: { outcome: 'won' } }, 'invalid'],
    [{ leading: 'won', deciding: { nonInferior: true } }, 'invalid'],
    [{ deciding: { outcome: 'lost' } }, 'profit_loss'],
    [{}, 'no_detectable_change'],
    [{ leading: 'won', deciding: young }, 'proxy_win_pending_profit'],
  ])('claims no win while the sample ratio is unchecked: %j', (change, state) => {
    expect(judgeOne(change, { health: { ...HEALTHY, srm: 'not_computed' } }).state).toBe(state);
  });

  it('gives the numbers as they are, and a sentence for each reason', () => {
    const interval = { lower: 0.123456789, upper: 1.5 };
    const { reasons } = judgeOne({
      deciding: { outcome: 'won', estimate: 0.8117283945, interval },
    });
    expect(reasons[1]).toEqual({
      code: 'PROFIT_WON',
      facts: { metric: 'profit', estimate: 0.8117283945, lower: 0.123456789, upper: 1.5 },
      sentence: 'Profit per unit is higher than with the control.',
    });
  });

  it('calls profit partial while a kind of cost is unknown', () => {
    const costs = { coverage: 'partial', unknown: ['cogs'] } as const;
    const { verdict, reasons } = judgeOne({ deciding: { outcome: 'won' } }, { costs });
    expect(verdict).toMatchObject({ profitCoverage: 'partial', unknownCosts: ['cogs'] });
    expect(reasons[1]?.sentence).toBe('Partial profit per unit is higher than with the control.');
  });

  it('judges the chain and carries the guardrails beside the state', () => {
    const { chain, guardrails } = judgeOne(
      {
        movements: { 'metric:signup': { move: 'up', matured: true } },
        guardrails: [guardrail('unresolved')],
      },
      {
        chain: [{ from: 'change', to: 'metric:signup', sign: '+', lagDays: 0, basis: 'interview' }],
      },
    );
    expect(chain).toMatchObject([{ from: 'change', to: 'metric:signup', verdict: 'held' }]);
    expect(guardrails).toEqual([guardrail('unresolved')]);
  });
});

describe('the winner', () => {
  const won = (variant: string, estimate: number, more: Change = {}): VariantFindings =>
    aVariant({ variant, ...more, deciding: { outcome: 'won', estimate, ...more.deciding } });
  const winnerOf = (variants: VariantFindings[], more: Partial<VerdictInput> = {}) =>
    judge({
      kind: 'ab',
      health: HEALTHY,
      variants,
      chain: [],
      costs: FULL,
      ...more,
    }).winner;

  it.each<[string, VariantFindings[], string | undefined]>([
    ['none', [], undefined],
    ['the only win', [won('a', 1)], 'a'],
    ['the larger win', [won('a', 1), won('b', 2), won('c', 1.5)], 'b'],
    ['the earlier of equals', [won('a', 1), won('b', 1)], 'a'],
    ['no proxy win', [aVariant({ leading: 'won', deciding: { nonInferior: true } })], undefined],
    ['no young win', [won('a', 1, { deciding: young })], undefined],
    ['held guardrails', [won('a', 1, { guardrails: [guardrail('non_inferior')] })], 'a'],
    [
      'another when a guardrail is breached',
      [won('a', 2, { guardrails: [guardrail('breached')] }), won('b', 1)],
      'b',
    ],
    ['none when unresolved', [won('a', 1, { guardrails: [guardrail('unresolved')] })], undefined],
    [
      'none when not computed',
      [won('a', 1, { guardrails: [guardrail('not_computed')] })],
      undefined,
    ],
    ['no killed arm', [won('a', 2, { killed: true }), won('b', 1)], 'b'],
  ])('is %s', (_name, variants, winner) => {
    expect(winnerOf(variants)).toBe(winner);
  });

  it('is none in an A/A test or an invalid one', () => {
    expect(winnerOf([won('a', 1)], { kind: 'aa' })).toBeUndefined();
    expect(winnerOf([won('a', 1)], { health: { ...HEALTHY, srm: 'failed' } })).toBeUndefined();
  });
});

const OUTCOMES: Outcome[] = ['won', 'lost', 'flat', 'not_computed'];
const everyVariant = OUTCOMES.flatMap((leading) =>
  OUTCOMES.flatMap((outcome) =>
    [true, false].flatMap((matured) =>
      [true, false].flatMap((nonInferior) =>
        [true, false].flatMap((sequentialHarm) =>
          (['non_inferior', 'breached', 'unresolved', 'not_computed'] as const).map((state) => ({
            leading,
            deciding: { outcome, matured, nonInferior, sequentialHarm },
            guardrails: [guardrail(state)],
          })),
        ),
      ),
    ),
  ),
);

describe('whatever the numbers', () => {
  it('a proxy is never called a win, and losses of profit are always named', () => {
    const seen = new Set<VerdictState>();
    for (const change of everyVariant) {
      const { state, verdict } = judgeOne(change);
      seen.add(state);
      const { outcome, matured } = change.deciding;
      expect(AB_VERDICTS).toContain(state);
      expect(state === 'profit_win').toBe(matured && outcome === 'won');
      expect(state === 'proxy_trap' || state === 'profit_loss').toBe(matured && outcome === 'lost');
      if (verdict.winner !== undefined) expect(state).toBe('profit_win');
    }
    expect([...seen, 'invalid'].toSorted()).toEqual([...AB_VERDICTS].toSorted());
  });

  it('an A/A test only reports on its health', () => {
    const seen = new Set<VerdictState>();
    for (const change of everyVariant) {
      const { state, verdict } = judgeOne(change, { kind: 'aa' });
      seen.add(state);
      expect(AA_VERDICTS).toContain(state);
      expect(verdict.winner).toBeUndefined();
      const moved = change.leading === 'won' || change.leading === 'lost';
      if (moved) expect(state).toBe('aa_alarm');
    }
    expect([...seen, 'invalid'].toSorted()).toEqual([...AA_VERDICTS].toSorted());
  });
});
