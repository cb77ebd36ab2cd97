import { AA_VERDICTS, AB_VERDICTS, type VerdictState } from '../verdict/verdict.js';
import { claimOf, rereadOutcome } from './reread-outcome.js';

const C = 'confirmed';
const R = 'revised';
const N = 'not_computed';
const NOW = [
  'profit_win',
  'proxy_win_profit_flat',
  'no_detectable_change',
  'profit_loss',
  'proxy_trap',
  'harm',
  'proxy_win_pending_profit',
  'collecting',
  'invalid',
] as const;

describe('a verdict that is read again', () => {
  it.each<[VerdictState, ...string[]]>([
    ['profit_win', C, R, R, R, R, R, N, N, N],
    ['proxy_win_profit_flat', R, C, R, R, R, R, N, N, N],
    ['no_detectable_change', R, R, C, R, R, R, N, N, N],
    ['profit_loss', R, R, R, C, C, C, N, N, N],
    ['proxy_trap', R, R, R, C, C, C, N, N, N],
    ['harm', R, R, R, C, C, C, N, N, N],
    ['proxy_win_pending_profit', C, C, R, R, R, R, N, N, N],
    ['collecting', N, N, N, N, N, N, N, N, N],
    ['invalid', N, N, N, N, N, N, N, N, N],
  ])('%s', (before, ...outcomes) => {
    expect(NOW.map((now) => rereadOutcome(before, now))).toEqual(outcomes);
  });

  it('every state has a line, and those of A/A tests claim nothing', () => {
    expect([...NOW].sort()).toEqual([...AB_VERDICTS].sort());
    const own = AA_VERDICTS.filter((state) => state.startsWith('aa_'));
    expect(own.map(claimOf)).toEqual(['none', 'none']);
  });
});
