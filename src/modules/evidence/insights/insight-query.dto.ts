import { Id, Maybe, Name } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** Which insights, and which page of them. */
export class InsightQueryDto extends PageQueryDto {
  /** Words of the statement, the job or a tag, whatever their case. */
  @Maybe()
  @Name()
  text?: string;

  /** One tag. */
  @Maybe()
  @Name()
  tag?: string;

  /** A study that some of the evidence comes from. */
  @Maybe()
  @Id()
  studyId?: string;
}
