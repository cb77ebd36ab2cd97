import { Id, Maybe } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** Which people. */
export class ParticipantQueryDto extends PageQueryDto {
  /** Only those who took part in an interview of this study. */
  @Maybe()
  @Id()
  studyId?: string;
}
