import type { DecideGateInput } from './decide-case.js';
import type { VariantVerdict } from './verdict.js';

/** The variant's verdict; undefined for the control, an unknown variant, or before any evaluation. */
export function verdictOn({
  verdict,
  variant,
}: Pick<DecideGateInput, 'verdict' | 'variant'>): VariantVerdict | undefined {
  return verdict?.perVariant.find((candidate) => candidate.variant === variant);
}
