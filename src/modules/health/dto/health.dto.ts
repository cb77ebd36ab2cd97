export class HealthDto {
  /** `ok`, or `unavailable` when the database does not answer. */
  status: 'ok' | 'unavailable';
}
