import { programmeProfit, type ShippedTest } from './programme.js';
import type { ProfitClaim } from './reread.js';

const at = new Date('2026-03-01T00:00:00Z');
const money = (estimate: number, below: number, above = below): ProfitClaim => {
  const perUnit = { estimate, lower: estimate - below, upper: estimate + above };
  const total = {
    estimate: estimate * 100,
    lower: perUnit.lower * 100,
    upper: perUnit.upper * 100,
  };
  return { perUnit, units: 100, total, windowDays: 30 };
};
const shipped = (key: string, changes: Partial<ShippedTest> = {}): ShippedTest => ({
  experimentKey: key,
  decisionId: key,
  action: 'ship',
  variant: 'short',
  decidedAt: at,
  overridden: false,
  takenBack: false,
  currency: 'USD',
  claim: { variant: 'short', before: 'profit_win', claimed: money(2, 0.3) },
  reading: null,
  ...changes,
});
const read = (now: 'profit_win' | 'profit_loss', realised: ProfitClaim) => ({
  reading: { rereadId: 'r', dueAt: at, now, realised, stillCausal: false },
});

describe('the profit of the programme', () => {
  it('of nothing is nothing, and not zero', () => {
    const none = programmeProfit([], 'USD');
    expect(none).toMatchObject({ claimed: null, compared: null, provisionalRealised: null });
    expect(none.counts.win.shipped).toBe(0);
  });

  it('sums totals, and half widths as of independent experiments, side by side', () => {
    const { claimed, compared } = programmeProfit(
      [
        shipped('a', read('profit_win', money(1.5, 0.6))),
        shipped('b', {
          claim: { variant: 'short', before: 'profit_win', claimed: money(1, 0.4) },
          ...read('profit_loss', money(-3, 0.8)),
        }),
        shipped('c', {
          claim: { variant: 'short', before: 'profit_win', claimed: money(5, 1.2) },
        }),
      ],
      'USD',
    );
    // By hand: half widths 30, 40 and 120 give sqrt(900 + 1600 + 14400) = 130.
    expect(claimed?.experiments).toBe(3);
    expect(claimed?.estimate).toBeCloseTo(800, 9);
    expect(claimed?.lower).toBeCloseTo(670, 9);
    expect(claimed?.upper).toBeCloseTo(930, 9);
    // Those read again only: 30 and 40 give 50; 60 and 80 give 100.
    expect(compared?.claimed).toEqual({
      experiments: 2,
      estimate: 300,
      lower: expect.closeTo(250, 9),
      upper: expect.closeTo(350, 9),
    });
    expect(compared?.realised).toEqual({
      experiments: 2,
      estimate: -150,
      lower: expect.closeTo(-250, 9),
      upper: expect.closeTo(-50, 9),
    });
  });

  it('keeps each side of an interval that is not symmetric', () => {
    const claim = { variant: 'short', before: 'profit_win', claimed: money(1, 0.3, 0.4) } as const;
    const other = { variant: 'short', before: 'profit_win', claimed: money(1, 0.4, 0.3) } as const;
    const { claimed } = programmeProfit(
      [shipped('a', { claim }), shipped('b', { claim: other })],
      'USD',
    );
    expect(claimed).toMatchObject({
      lower: expect.closeTo(150, 9),
      upper: expect.closeTo(250, 9),
    });
  });

  it('counts wins that held and that did not, and provisional ships apart', () => {
    const { counts, entries, provisionalRealised, claimed } = programmeProfit(
      [
        shipped('held', read('profit_win', money(1, 0.3))),
        shipped('lost', { ...read('profit_loss', money(-1, 0.3)), takenBack: true }),
        shipped('waiting'),
        shipped('forced', {
          overridden: true,
          claim: { variant: 'short', before: 'collecting' },
          ...read('profit_loss', money(-1, 0.3)),
        }),
        shipped('before-there-were-claims', { claim: null }),
        shipped('promised', {
          action: 'ship_provisional',
          claim: { variant: 'short', before: 'proxy_win_pending_profit' },
          ...read('profit_win', money(4, 0.3)),
        }),
      ],
      'USD',
    );
    expect(counts).toEqual({
      win: {
        shipped: 3,
        confirmed: 1,
        revised: 1,
        withoutReading: 1,
        takenBack: 1,
        overridden: 0,
      },
      without_win: {
        shipped: 2,
        confirmed: 0,
        revised: 0,
        withoutReading: 2,
        takenBack: 0,
        overridden: 1,
      },
      provisional: {
        shipped: 1,
        confirmed: 1,
        revised: 0,
        withoutReading: 0,
        takenBack: 0,
        overridden: 0,
      },
    });
    expect(entries.map(({ outcome }) => outcome)).toEqual([
      'confirmed',
      'revised',
      null,
      'not_computed',
      null,
      'confirmed',
    ]);
    expect(provisionalRealised).toMatchObject({ experiments: 1, estimate: 400 });
    expect(claimed?.experiments).toBe(3);
  });

  it('judges by what the ship claimed, whatever a later decision knew', () => {
    const taken = shipped('a', { takenBack: true, ...read('profit_loss', money(-1, 0.3)) });
    expect(programmeProfit([taken], 'USD').entries[0]?.outcome).toBe('revised');
  });

  it('never adds currencies up', () => {
    const { claimed, otherCurrency } = programmeProfit(
      [shipped('a'), shipped('b', { currency: 'EUR' })],
      'USD',
    );
    expect([claimed?.experiments, otherCurrency]).toEqual([1, 1]);
  });
});
