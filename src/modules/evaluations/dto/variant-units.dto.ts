import { ApiProperty } from '@nestjs/swagger';

/** Units of one variant in the cohort. */
export class VariantUnitsDto {
  variant: string;
  @ApiProperty({ type: 'integer' })
  n: number;
}
