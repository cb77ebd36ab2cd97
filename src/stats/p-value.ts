/** Below this a p-value is given as a bound: the normal approximation says nothing there. */
export const P_VALUE_FLOOR = 1e-300;

export interface PValue {
  /** The p-value, or `P_VALUE_FLOOR` when it is smaller. */
  pValue: number;
  /** True when the p-value is only known to be below `pValue`. */
  pValueIsBound: boolean;
  /** Its decimal logarithm, never cut off. */
  log10p: number;
}

/** A p-value from its natural logarithm, so that a very small one does not turn into 0. */
export function pValueOfLog(lnP: number): PValue {
  const p = Math.exp(lnP);
  const pValueIsBound = p < P_VALUE_FLOOR;
  return { pValue: pValueIsBound ? P_VALUE_FLOOR : p, pValueIsBound, log10p: lnP / Math.LN10 };
}
