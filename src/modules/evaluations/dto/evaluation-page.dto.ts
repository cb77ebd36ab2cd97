import { EvaluationDto } from './evaluation.dto.js';

/** A page of evaluations, in the order they were made. */
export class EvaluationPageDto {
  data: EvaluationDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
