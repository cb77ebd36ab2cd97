import { Maybe, Name } from './fields.js';

/** Which page of a list. */
export class PageQueryDto {
  /** How many at most, 1 to 200; 50 when absent. */
  @Maybe()
  @Name()
  limit?: string;

  /** The nextCursor of the page before. */
  @Maybe()
  @Name()
  cursor?: string;
}
