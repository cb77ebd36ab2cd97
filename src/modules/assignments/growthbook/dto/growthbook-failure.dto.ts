import { ApiProperty } from '@nestjs/swagger';

/** What these SDKs read of an error, beside the members of a problem. */
export class GrowthBookFailureDto {
  /** What to repair. */
  @ApiProperty({ type: 'string' })
  error: string;
}
