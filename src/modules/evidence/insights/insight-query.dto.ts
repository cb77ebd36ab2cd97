import { Maybe, Name } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

/** Which insights, and which page of them. */
export class InsightQueryDto extends PageQueryDto {
  /** Words of the statement. */
  @Maybe()
  @Name()
  text?: string;

  /** One tag. */
  @Maybe()
  @Name()
  tag?: string;
}
