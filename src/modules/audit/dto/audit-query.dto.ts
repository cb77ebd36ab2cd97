import { Matches } from 'class-validator';
import { Maybe } from '../../../platform/http/fields.js';

export class AuditQueryDto {
  /** Number of the last entry of the page before; 0 is the beginning. */
  @Maybe()
  @Matches(/^\d{1,15}$/)
  after?: string;
}
