import { MetricDto } from './metric.dto.js';

export class MetricPageDto {
  data: MetricDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}
