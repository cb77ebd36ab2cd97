export class GateWarningDto {
  /** Stable, e.g. PARTIAL_PROFIT. */
  code: string;
  /** One plain sentence. */
  why: string;
}
