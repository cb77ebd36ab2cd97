import type { ComparisonReport, MetricReport } from '../evaluation/result.js';
import type { DecisionAction } from '../experiments/decision.js';
import type { VerdictState } from '../verdict/verdict.js';
import {
  claimsAfter,
  claimsOf,
  type ClaimedResult,
  findingsOf,
  noClaims,
  proposalOf,
} from './findings.js';
import { rereadNotices } from './reread-notices.js';
import type { VariantClaim } from './reread.js';

const compared = (variant: string, estimate: number | null): ComparisonReport => ({
  variant,
  control: 'control',
  ...(estimate === null
    ? { notComputed: { reason: 'too-few', detail: 'Too few.' } }
    : {
        absolute: { estimate, lower: estimate - 0.5, upper: estimate + 0.25, standardError: 0.2 },
      }),
});
const profit = (wholeCohort: boolean, ...comparisons: ComparisonReport[]): MetricReport => ({
  key: 'profit',
  role: 'deciding',
  kind: 'money',
  unit: 'currency',
  currency: 'USD',
  sinceVersion: 1,
  maturity: { maturedUnits: 400, units: 400, wholeCohort },
  arms: [],
  comparisons,
});
const result = (
  states: Record<string, VerdictState>,
  metric: MetricReport = profit(true, compared('short', 2), compared('bold', null)),
): ClaimedResult => ({
  metrics: [metric],
  units: [
    { variant: 'control', n: 200 },
    { variant: 'short', n: 200 },
    { variant: 'bold', n: 100 },
  ],
  verdict: {
    perVariant: Object.entries(states).map(([variant, state]) => ({
      variant,
      state,
      reasons: [],
      chain: [],
      guardrails: [],
    })),
    profitCoverage: 'full',
    unknownCosts: [],
  },
});
const CLAIMED = {
  perUnit: { estimate: 2, lower: 1.5, upper: 2.25 },
  units: 200,
  total: { estimate: 400, lower: 300, upper: 450 },
  windowDays: 30,
};

describe('what a decision claims', () => {
  it('is the profit per unit and of the whole cohort, where it was computed', () => {
    expect(claimsOf(result({ short: 'profit_win', bold: 'no_detectable_change' }), 30)).toEqual([
      { variant: 'short', before: 'profit_win', claimed: CLAIMED },
      { variant: 'bold', before: 'no_detectable_change' },
    ]);
  });

  it('is nothing of money before the whole cohort has matured', () => {
    const early = result({ short: 'harm' }, profit(false, compared('short', -2)));
    expect(claimsOf(early, 30)).toEqual([{ variant: 'short', before: 'harm' }]);
  });

  it('is nothing at all before the first evaluation', () => {
    expect(noClaims(['short'])).toEqual([{ variant: 'short', before: 'collecting' }]);
  });

  it('starts from what a later re-read knew, unless that knew nothing', () => {
    const claims: VariantClaim[] = [
      { variant: 'short', before: 'profit_win', claimed: CLAIMED },
      { variant: 'bold', before: 'profit_loss' },
    ];
    const after = claimsAfter(claims, [
      { variant: 'short', now: 'proxy_trap' },
      { variant: 'bold', now: 'invalid' },
    ]);
    expect(after).toEqual([{ ...claims[0], before: 'proxy_trap' }, claims[1]]);
  });
});

describe('what a re-read finds', () => {
  const claims: VariantClaim[] = [
    { variant: 'short', before: 'profit_win', claimed: CLAIMED },
    { variant: 'bold', before: 'collecting' },
  ];
  const reading = { claims, windowDays: 121, alpha: 0.0125, sharedBy: 4, currency: 'USD' };
  const states = { short: 'proxy_trap', bold: 'invalid' } as const;
  const lost = profit(true, compared('short', -3), compared('bold', null));

  it('stands beside what was claimed', () => {
    const [short, bold] = findingsOf({ ...reading, result: result(states, lost) });
    expect(short).toEqual({
      variant: 'short',
      before: 'profit_win',
      now: 'proxy_trap',
      outcome: 'revised',
      claimed: CLAIMED,
      realised: {
        perUnit: { estimate: -3, lower: -3.5, upper: -2.75 },
        units: 200,
        total: { estimate: -600, lower: -700, upper: -550 },
        windowDays: 121,
      },
      sentence:
        'Over the 121 days since it met the test, a unit of short earned -3.00 USD (-3.50 USD to ' +
        '-2.75 USD) against the control (interval at 98.75%, because 4 readings share the alpha ' +
        'of the plan). The decision claimed 2.00 USD (1.50 USD to 2.25 USD) over 30 days. ' +
        'Revised: a profit win then, a proxy trap now.',
    });
    expect(bold).toEqual({
      variant: 'bold',
      before: 'collecting',
      now: 'invalid',
      outcome: 'not_computed',
      sentence:
        'The profit of bold could not be read over 121 days. There was no verdict that could be ' +
        'confirmed or revised.',
    });
  });

  it('says when one reading has all of alpha, and when it is too early', () => {
    const early = result({ short: 'proxy_win_pending_profit' }, profit(false));
    const [unread] = findingsOf({ ...reading, result: early });
    expect(unread).toMatchObject({ outcome: 'not_computed' });
    expect(unread?.sentence).toMatch(/does not yet say whether the verdict holds/);
    const once = { ...reading, sharedBy: 1, alpha: 0.05 };
    const [whole] = findingsOf({ ...once, result: result(states, lost) });
    expect(whole?.sentence).toMatch(/\(interval at 95%\)/);
  });
});

describe('a proposal', () => {
  it.each<[DecisionAction, string | null, VerdictState, 'roll_back' | null]>([
    ['ship', 'short', 'profit_loss', 'roll_back'],
    ['ship_provisional', 'short', 'proxy_trap', 'roll_back'],
    ['ship', 'short', 'harm', 'roll_back'],
    ['ship', 'short', 'profit_win', null],
    ['ship_provisional', 'short', 'no_detectable_change', null],
    ['ship', 'short', 'invalid', null],
    ['ship', 'bold', 'profit_loss', null],
    ['roll_back', 'short', 'profit_loss', null],
    ['iterate', 'short', 'profit_loss', null],
    ['stop', null, 'profit_loss', null],
  ])('%s of %s, when short is %s: %s', (action, variant, now, proposal) => {
    expect(proposalOf({ action, variant }, [{ variant: 'short', now }])).toBe(proposal);
  });
});

describe('what people are told of a re-read', () => {
  const noticed = (
    before: VerdictState,
    now: VerdictState,
    {
      shipped = 'short' as string | null,
      isProvisional = false,
      earlier = null as VerdictState | null,
    } = {},
  ) => {
    const claims: VariantClaim[] = [{ variant: 'short', before }];
    const reading = { claims, windowDays: 60, alpha: 0.05, sharedBy: 1, currency: 'USD' };
    const findings = findingsOf({ ...reading, result: result({ short: now }) });
    const { raise, end } = rereadNotices({
      rereadId: 'r',
      experimentKey: 'checkout',
      kind: isProvisional ? 'provisional' : 'horizon',
      days: isProvisional ? null : 90,
      shipped,
      findings,
      earlier: earlier === null ? [] : [{ variant: 'short', now: earlier }],
      proposal: proposalOf({ action: 'ship', variant: shipped }, findings),
    });
    return {
      raised: raise.map(({ kind, severity }) => `${kind} ${severity}`),
      ended: end.map(({ kind }) => kind),
      sentences: raise.map(({ sentence }) => sentence),
    };
  };

  it.each<[VerdictState, VerdictState, string | null, string[], string[]]>([
    [
      'profit_win',
      'profit_loss',
      'short',
      ['verdict_revised urgent', 'roll_back_proposed urgent'],
      [],
    ],
    [
      'profit_win',
      'no_detectable_change',
      'short',
      ['verdict_revised warning'],
      ['roll_back_proposed'],
    ],
    ['profit_win', 'profit_win', 'short', [], ['verdict_revised', 'roll_back_proposed']],
    [
      'proxy_win_profit_flat',
      'profit_win',
      'short',
      ['verdict_revised info'],
      ['roll_back_proposed'],
    ],
    [
      'profit_win',
      'proxy_win_profit_flat',
      'short',
      ['verdict_revised warning'],
      ['roll_back_proposed'],
    ],
    ['collecting', 'proxy_trap', 'short', ['roll_back_proposed urgent'], []],
    ['profit_win', 'invalid', 'short', [], []],
    ['profit_loss', 'profit_win', null, ['verdict_revised info'], []],
    ['no_detectable_change', 'profit_loss', null, ['verdict_revised info'], []],
  ])('%s, then %s, shipped %s', (before, now, shipped, raised, ended) => {
    expect(noticed(before, now, { shipped })).toMatchObject({ raised, ended });
  });

  it.each<[VerdictState, VerdictState, string[]]>([
    ['no_detectable_change', 'profit_loss', ['verdict_revised']],
    ['profit_loss', 'proxy_trap', []],
    ['profit_loss', 'no_detectable_change', ['verdict_revised', 'roll_back_proposed']],
  ])(
    'a win that was %s and is now %s is told anew when it is other news',
    (earlier, now, ended) => {
      const told = noticed('profit_win', now, { earlier });
      expect(told.ended).toEqual(ended);
      expect(told.raised[0]).toMatch(/^verdict_revised/);
    },
  );

  it('says when it was, and what it was', () => {
    expect(noticed('profit_win', 'proxy_trap').sentences).toEqual([
      '90 days after the decision, the verdict on short in checkout is revised: a profit win ' +
        'then, a proxy trap now.',
      '90 days after the decision, short in checkout loses money: the re-read proposes to roll it ' +
        'back.',
    ]);
    const [first] = noticed('profit_win', 'proxy_trap', { isProvisional: true }).sentences;
    expect(first).toMatch(/^On the date that the provisional ship promised, the verdict/);
  });
});
