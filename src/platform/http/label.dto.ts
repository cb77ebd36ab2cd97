import { ApiProperty } from '@nestjs/swagger';
import { type Label, LABEL_CODES, type LabelCode } from '../../domain/verdict/standing.js';

/** Something that must be said wherever the test is shown. */
export class LabelDto implements Label {
  @ApiProperty({ enum: LABEL_CODES, enumName: 'LabelCode' })
  code: LabelCode;

  /** Complete in itself. */
  sentence: string;
}
