/** Nobody waits for an evaluation then, in most places where people do. */
const FIRST_HOUR = 1;
const END_HOUR = 5;

/** Whether it is the time of night, in UTC, at which sums are compared with the log. */
export function isCheckHour(at: Date): boolean {
  const hour = at.getUTCHours();
  return hour >= FIRST_HOUR && hour < END_HOUR;
}
