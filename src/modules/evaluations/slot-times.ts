import { Cron } from 'croner';
import type { AnalysisPlan } from '../../domain/experiments/plan.js';
import { SKIPPED_SLOTS_MAX } from '../../domain/schedule/due-slots.js';

/** What of an experiment says when it falls due. */
export interface Scheduled {
  launchedAt: Date;
  plan: Pick<AnalysisPlan, 'schedule' | 'timezone'>;
}

/** When an experiment's schedule falls due. Both ranges are open at the start and closed at the end. */
export interface SlotRange {
  after: Date;
  until: Date;
}

/** The first slot of the range, or null; a range without an end goes on for as long as the cron does. */
export function firstSlot(
  experiment: Scheduled,
  { after, until }: { after: Date; until: Date | null },
): Date | null {
  const cron = cronOf(experiment);
  if (cron === null) return null;
  const { launchedAt } = experiment;
  const next = cron.nextRun(launchedAt > after ? launchedAt : after);
  return next !== null && (until === null || next <= until) ? next : null;
}

/** The newest slots of the range, ascending: as many as are recorded, and the one that runs. */
export function slotsIn(experiment: Scheduled, { after, until }: SlotRange): Date[] {
  const cron = cronOf(experiment);
  if (cron === null) return [];
  const { launchedAt } = experiment;
  const from = launchedAt > after ? launchedAt : after;
  const slots: Date[] = [];
  // Backwards and one by one: mostly none or one is due. Before the next millisecond means up to this one.
  for (let before = new Date(until.getTime() + 1); slots.length <= SKIPPED_SLOTS_MAX;) {
    const [slot] = cron.previousRuns(1, before);
    if (slot === undefined || slot <= from) break;
    slots.push(slot);
    before = slot;
  }
  return slots.toReversed();
}

/**
 * Days and hours are those of the schedule's zone, or of the project's when it names none. A time that
 * the clocks skip is the first instant after the gap; one that comes twice is the first of the two.
 */
function cronOf({ plan }: Scheduled): Cron | null {
  const { schedule } = plan;
  if (schedule === null) return null;
  return new Cron(schedule.cron, {
    timezone: schedule.timezone ?? plan.timezone,
    mode: '5-part',
    paused: true,
  });
}
