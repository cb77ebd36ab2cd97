import { ApiProperty } from '@nestjs/swagger';
import {
  INTEGRITY_CODES,
  INTEGRITY_SEVERITIES,
  type IntegrityCode,
  type IntegritySeverity,
} from '../../../domain/evidence/measures/integrity-facts.js';

/** A pattern that goes with evidence made to pass a gate; each has innocent explanations. */
export class IntegrityFindingDto {
  @ApiProperty({ enum: INTEGRITY_CODES, enumName: 'IntegrityCode', description: 'Stable name.' })
  code: IntegrityCode;
  /** `note`: often has a good reason. `look`: somebody should look at it. */
  @ApiProperty({ enum: INTEGRITY_SEVERITIES, enumName: 'IntegritySeverity' })
  severity: IntegritySeverity;
  /** Ids only, never a name or a word. */
  @ApiProperty({ type: [String] })
  subjects: readonly string[];
  sentence: string;
}

export class NewPeopleDto {
  /** People whom all experiments cite, each experiment's on its own. */
  @ApiProperty({ type: 'integer' })
  counted: number;
  /** Of them, those no earlier experiment had cited. */
  @ApiProperty({ type: 'integer' })
  fresh: number;
  /** Null where nobody is cited. */
  @ApiProperty({ type: 'number', nullable: true })
  share: number | null;
}

/** Whether reasons stop at the number of people that opens the gate. */
export class PeopleAtMinimumDto {
  /** Whether there are numbers. */
  ok: boolean;
  /** Reasons by how many people they count above the minimum, from exactly at it. */
  @ApiProperty({ type: [Number], required: false })
  counts?: readonly number[];
  /** Reasons exactly at the minimum. */
  @ApiProperty({ type: 'integer', required: false })
  atMinimum?: number;
  /** Reasons at the minimum or little above it. */
  @ApiProperty({ type: 'integer', required: false })
  near?: number;
  /** Chance of so many at the minimum, if half of those near it were to be expected there. */
  pValue?: number;
  /** Whether that is too many for chance. */
  isSpike?: boolean;
  /** Why there are no numbers. */
  reason?: string;
  /** The reason in a sentence. */
  detail?: string;
}

/** For how many experiments somebody was heard live. */
export class DirectContextDto {
  @ApiProperty({ type: 'integer', description: 'All experiments, A/A tests too.' })
  experiments: number;
  /** Those with at least one first-hand live conversation. */
  @ApiProperty({ type: 'integer' })
  withDirectContext: number;
  /** Null where there is no experiment. */
  @ApiProperty({ type: 'number', nullable: true })
  share: number | null;
}

/** What somebody should look at. Nothing in it blocks, and nobody is ranked. */
export class IntegrityReportDto {
  /** In a fixed order of codes. */
  @ApiProperty({ type: [IntegrityFindingDto] })
  findings: readonly IntegrityFindingDto[];
  newPeople: NewPeopleDto;
  peopleAtMinimum: PeopleAtMinimumDto;
  directContext: DirectContextDto;
  /** Keys of A/A tests whose variants deliver different values: changes that passed no gate. */
  ungatedChanges: string[];
}
