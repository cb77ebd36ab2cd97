import { ApiProperty } from '@nestjs/swagger';
import type { MoneyEffect, ProfitClaim } from '../../../domain/rereads/reread.js';

/** Money of a variant against the control, in major units, with its interval. */
export class MoneyEffectDto implements MoneyEffect {
  estimate: number;
  lower: number;
  upper: number;
}

/** Profit of a variant against the control. */
export class ProfitClaimDto implements ProfitClaim {
  /** Of one unit. */
  perUnit: MoneyEffectDto;

  /** Units of the variant in the cohort. */
  @ApiProperty({ type: 'integer' })
  units: number;

  /** Of all units of the variant in the cohort; not of those who got the change later. */
  total: MoneyEffectDto;

  /** Days since its exposure over which each unit's profit is summed. */
  @ApiProperty({ type: 'integer' })
  windowDays: number;
}
