import { requireFinite } from './argument-checks.js';
import { normal } from './distributions.js';
import { logGammaPrefactor } from './distributions/incomplete-gamma.js';
import { integrate } from './gauss-legendre.js';

const NODES_PER_PANEL = 64;

/**
 * Upper tail of the noncentral t distribution: how often a t test with a true effect passes t.
 *
 * Averages the normal tail over the sampling distribution of the standard deviation,
 * P = ∫ Q(t·s - ncp)·f(s) ds with s² ~ chi²(df)/df. jstat's series for it is not exact for large df.
 *
 * @throws RangeError for a df below 1 or arguments that are not finite.
 */
export function noncentralTSurvival(t: number, df: number, ncp: number): number {
  requireFinite('t', t);
  requireFinite('df', df);
  requireFinite('ncp', ncp);
  if (df < 1) throw new RangeError(`df must be at least 1, got ${df}`);
  const a = df / 2;
  const density = (s: number): number => (2 * Math.exp(logGammaPrefactor(a, a * s * s))) / s;
  // s has a standard deviation near 1/√(2·df); twelve of them leave nothing outside.
  const reach = 12 / Math.sqrt(2 * df);
  const low = Math.max(0, 1 - reach);
  const breaks = [low, (low + 1) / 2, 1, 1 + reach / 2, 1 + reach];
  return integrate((s) => normal.survival(t * s - ncp) * density(s), breaks, NODES_PER_PANEL);
}
