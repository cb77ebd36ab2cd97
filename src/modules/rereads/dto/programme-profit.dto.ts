import { ApiProperty } from '@nestjs/swagger';
import {
  type ClassCounts,
  type MoneySum,
  type ProgrammeEntry,
  type ProgrammeProfit,
  SHIPPED_CLASSES,
  type ShippedClass,
} from '../../../domain/rereads/programme.js';
import { REREAD_OUTCOMES, type RereadOutcome } from '../../../domain/rereads/reread.js';
import type { Page } from '../../../platform/http/page.js';
import { MoneyEffectDto, ProfitClaimDto } from './profit-claim.dto.js';

/** The last reading in which the profit of what was shipped could be computed. */
export class ProgrammeReadingDto {
  /** The re-read that found it. */
  @ApiProperty({ format: 'uuid' })
  rereadId: string;

  /** What happened before this instant was counted. */
  @ApiProperty({ format: 'date-time' })
  dueAt: string;

  /** Whether the verdict that was shipped on holds. */
  @ApiProperty({ enum: REREAD_OUTCOMES, enumName: 'RereadOutcome' })
  outcome: RereadOutcome;

  /** The profit that was found. */
  realised: ProfitClaimDto;

  /** Whether the whole difference is due to the change. */
  stillCausal: boolean;
}

/** One experiment that was shipped. */
export class ProgrammeEntryDto {
  experimentKey: string;

  /** The last decision to ship. */
  @ApiProperty({ format: 'uuid' })
  decisionId: string;

  /** `win`: on profit that had won; `without_win`: any other ship; `provisional`: profit unknown. */
  @ApiProperty({ enum: SHIPPED_CLASSES, enumName: 'ShippedClass' })
  class: ShippedClass;

  variant: string;

  @ApiProperty({ format: 'date-time' })
  decidedAt: string;

  /** It was shipped against the gate. */
  overridden: boolean;

  /** A later decision has taken it back. */
  takenBack: boolean;

  currency: string;

  /** The profit it was shipped on; absent where it was not known. */
  claimed?: ProfitClaimDto;

  /** Absent until its money has been read again. */
  reading?: ProgrammeReadingDto;

  static from(entry: ProgrammeEntry): ProgrammeEntryDto {
    const { experimentKey, decisionId, variant, decidedAt, overridden, takenBack } = entry;
    const { claim, reading, outcome, currency } = entry;
    return {
      experimentKey,
      decisionId,
      class: entry.class,
      variant,
      decidedAt: decidedAt.toISOString(),
      overridden,
      takenBack,
      currency,
      ...(claim?.claimed === undefined ? {} : { claimed: claim.claimed }),
      ...(reading === null || outcome === null
        ? {}
        : {
            reading: {
              rereadId: reading.rereadId,
              dueAt: reading.dueAt.toISOString(),
              outcome,
              realised: reading.realised,
              stillCausal: reading.stillCausal,
            },
          }),
    };
  }
}

/** How many experiments of one class were shipped, and what became of them. */
export class ShippedCountsDto implements ClassCounts {
  /** How many were shipped. */
  @ApiProperty({ type: 'integer' })
  shipped: number;

  /** Whose verdict the last reading confirms. */
  @ApiProperty({ type: 'integer' })
  confirmed: number;

  /** Whose verdict the last reading revises. */
  @ApiProperty({ type: 'integer' })
  revised: number;

  /** Nothing has been read again, or it did not tell. */
  @ApiProperty({ type: 'integer' })
  withoutReading: number;

  /** Taken back by a later decision. */
  @ApiProperty({ type: 'integer' })
  takenBack: number;

  /** Shipped against the gate. */
  @ApiProperty({ type: 'integer' })
  overridden: number;
}

/** Profit of several experiments together, in major units of the reporting currency. */
export class MoneySumDto extends MoneyEffectDto implements MoneySum {
  /** How many were added up. */
  @ApiProperty({ type: 'integer' })
  experiments: number;
}

/** Claim and reality of the same experiments. */
export class ComparedProfitDto {
  /** What they claimed when they were shipped. */
  claimed: MoneySumDto;

  /** What the last reading of each found. */
  realised: MoneySumDto;
}

/** What the whole programme claimed to earn, and what it was found to earn. */
export class ProgrammeProfitDto {
  currency: string;

  /** Shipped on profit that had matured and won. */
  wins: ShippedCountsDto;

  /** Shipped otherwise: as not worse, or against the gate. */
  withoutWin: ShippedCountsDto;

  /** Shipped while profit was unknown; never counted as a win, whatever was found. */
  provisional: ShippedCountsDto;

  /** Experiments whose plan counts in another currency: shown, and left out of the sums. */
  @ApiProperty({ type: 'integer' })
  otherCurrency: number;

  /** Everything that was claimed, provisional ships left out; absent where nothing was. */
  claimed?: MoneySumDto;

  /** The same experiments twice, as far as they were read again. Read this one, not `claimed`. */
  compared?: ComparedProfitDto;

  /** What was found of provisional ships, which claimed nothing. */
  provisionalRealised?: MoneySumDto;

  /** How to read the sums. */
  notes: string[];

  /** A page of the experiments that were shipped, by their last decision to ship. */
  data: ProgrammeEntryDto[];

  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;

  static from(profit: ProgrammeProfit, page: Page<ProgrammeEntryDto>): ProgrammeProfitDto {
    const { currency, counts, otherCurrency, claimed, compared, provisionalRealised } = profit;
    return {
      currency,
      wins: counts.win,
      withoutWin: counts.without_win,
      provisional: counts.provisional,
      otherCurrency,
      ...(claimed === null ? {} : { claimed }),
      ...(compared === null ? {} : { compared }),
      ...(provisionalRealised === null ? {} : { provisionalRealised }),
      notes: profit.notes,
      ...page,
    };
  }
}
