/** What of a plan cuts through weeks. */
export const WEEKS_FAULTS = ['days', 'looks'] as const;
export type WeeksFault = (typeof WEEKS_FAULTS)[number];

export interface PlannedWeeks {
  /** Days of enrolment; without them the end is not planned by days, and nothing can be said. */
  plannedDays: number | undefined;
  /** How often the numbers are read, the end included. */
  looks: number;
  /** Five-field expression of the schedule that takes the looks before the end. */
  cron: string | undefined;
}

const DAYS_PER_WEEK = 7;

/**
 * People behave differently on a Sunday than on a Tuesday. A test of whole weeks has as many of each;
 * so has each look, when looks are taken on one day of the week at one time.
 */
export function weeksFaults({ plannedDays, looks, cron }: PlannedWeeks): WeeksFault[] {
  if (plannedDays === undefined) return [];
  const faults: [WeeksFault, boolean][] = [
    ['days', plannedDays % DAYS_PER_WEEK !== 0],
    ['looks', looks > 1 && cron !== undefined && !isWeekly(cron)],
  ];
  return faults.filter(([, is]) => is).map(([fault]) => fault);
}

const NUMBER = /^\d+$/;
const WEEKDAY = /^(?:[0-7]|sun|mon|tue|wed|thu|fri|sat)(?:#[1-5]|l)?$/i;
const ANY = /^[*?]$/;

/** Whether it falls due on one day of the week only, at one time of that day. */
export function isWeekly(cron: string): boolean {
  const expression = cron.trim();
  if (expression.toLowerCase() === '@weekly') return true;
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] =
    expression.split(/\s+/);
  // A day of the month beside a day of the week means either of them, so it must be any.
  return (
    more.length === 0 &&
    NUMBER.test(minute) &&
    NUMBER.test(hour) &&
    ANY.test(day) &&
    month !== '' &&
    WEEKDAY.test(weekday)
  );
}
