import type { VerdictState } from '../verdict/verdict.js';
import type { RereadOutcome } from './reread.js';

/** What a verdict claims of the money. */
export type Claim = 'win' | 'no_worse' | 'unclear' | 'loss' | 'pending' | 'none';

const CLAIMS: Readonly<Record<VerdictState, Claim>> = {
  profit_win: 'win',
  proxy_win_profit_flat: 'no_worse',
  no_detectable_change: 'unclear',
  profit_loss: 'loss',
  proxy_trap: 'loss',
  harm: 'loss',
  proxy_win_pending_profit: 'pending',
  collecting: 'none',
  invalid: 'none',
  aa_alarm: 'none',
  aa_healthy: 'none',
};

export function claimOf(state: VerdictState): Claim {
  return CLAIMS[state];
}

/**
 * What a later reading does to a verdict. It is confirmed when it claims the same again; a proxy win
 * whose profit was pending is confirmed when profit has won or is not worse than its margin. Where one
 * of the two claims nothing there is nothing to compare, and the outcome is `not_computed`.
 */
export function rereadOutcome(before: VerdictState, now: VerdictState): RereadOutcome {
  const [was, is] = [claimOf(before), claimOf(now)];
  if (was === 'none' || is === 'none' || is === 'pending') return 'not_computed';
  if (was === 'pending') return is === 'win' || is === 'no_worse' ? 'confirmed' : 'revised';
  return was === is ? 'confirmed' : 'revised';
}
