import { ApiProperty } from '@nestjs/swagger';
import {
  BUYING_ROLES,
  type BuyingRole,
  type Population,
  POPULATIONS,
} from '../../../domain/evidence/dossier.js';
import type { Coverage } from '../../../domain/evidence/measures/coverage.js';

/** How many people were to be heard, were heard, and are missing. */
export class CoverageCountDto {
  /** People the plan names. */
  @ApiProperty({ type: 'integer' })
  planned: number;
  /** Different people heard, planned or not. */
  @ApiProperty({ type: 'integer' })
  heard: number;
  /** People the plan still lacks. */
  @ApiProperty({ type: 'integer' })
  missing: number;
}

export class StageCoverageDto extends CoverageCountDto {
  /** The stage of the funnel. */
  stage: string;
}

export class RoleCoverageDto extends CoverageCountDto {
  /** The part in a purchase. */
  buyingRole: string;
}

export class PlanLineDto extends CoverageCountDto {
  @ApiProperty({ enum: POPULATIONS, enumName: 'Population' })
  population: Population;
  /** The stage the line is about; any, when absent. */
  stage?: string;
  /** The part in a purchase the line is about; any, when absent. */
  @ApiProperty({ enum: BUYING_ROLES, enumName: 'BuyingRole', required: false })
  buyingRole?: BuyingRole;
}

/** Whom to ask next. */
export class NextPersonDto {
  @ApiProperty({ enum: POPULATIONS, enumName: 'Population', required: false })
  population?: Population;
  /** The stage to look for them. */
  stage?: string;
  /** The part in a purchase they should play. */
  buyingRole?: string;
  /** The same in words. */
  sentence: string;
}

/** Whom have we not heard? People are counted, not interviews. */
export class CoverageDto {
  /** How many interviews it looks at: those whose words or observations have arrived. */
  @ApiProperty({ type: 'integer' })
  interviews: number;
  /** The stages of the project in order, then others that were planned or named. */
  stages: StageCoverageDto[];
  /** The parts in a purchase that the project, a plan or an interview names. */
  buyingRoles: RoleCoverageDto[];
  /** Each line of the plan. */
  plan: PlanLineDto[];
  /** Stages nobody speaks for. */
  unheardStages: string[];
  /** Parts in a purchase nobody speaks for. */
  unheardRoles: string[];
  /** Whom to ask next; absent when the plan is met and nobody is unheard. */
  next?: NextPersonDto;

  static from(coverage: Coverage, interviews: number): CoverageDto {
    const { next } = coverage;
    return {
      interviews,
      stages: [...coverage.stages],
      buyingRoles: [...coverage.buyingRoles],
      plan: coverage.plan.map(({ toHear, planned, heard, missing }) => ({
        population: toHear.population,
        ...(toHear.stage === undefined ? {} : { stage: toHear.stage }),
        ...(toHear.buyingRole === undefined ? {} : { buyingRole: toHear.buyingRole }),
        planned,
        heard,
        missing,
      })),
      unheardStages: [...coverage.unheardStages],
      unheardRoles: [...coverage.unheardRoles],
      ...(next === null ? {} : { next }),
    };
  }
}
