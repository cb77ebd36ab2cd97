import { Cron } from 'croner';
import { SKIPPED_SLOTS_MAX } from '../../domain/schedule/due-slots.js';
import type { LaunchedExperiment } from '../experiments/experiments.reader.js';

/** When an experiment's schedule falls due. Both ranges are open at the start and closed at the end. */
export interface SlotRange {
  after: Date;
  until: Date;
}

/** The first slot of the range, or null; a range without an end goes on for as long as the cron does. */
export function firstSlot(
  experiment: LaunchedExperiment,
  { after, until }: { after: Date; until: Date | null },
): Date | null {
  const cron = cronOf(experiment);
  if (cron === null) return null;
  const { launchedAt } = experiment;
  const next = cron.nextRun(launchedAt > after ? launchedAt : after);
  return next !== null && (until === null || next <= until) ? next : null;
}

/** The newest slots of the range, ascending: as many as are recorded, and the one that runs. */
export function slotsIn(experiment: LaunchedExperiment, { after, until }: SlotRange): Date[] {
  const cron = cronOf(experiment);
  if (cron === null) return [];
  const { launchedAt } = experiment;
  const from = launchedAt > after ? launchedAt : after;
  // Runs before the next millisecond are runs up to and including this one.
  const runs = cron.previousRuns(SKIPPED_SLOTS_MAX + 1, new Date(until.getTime() + 1));
  return runs.filter((slot) => slot > from && slot <= until).toReversed();
}

/** Days and hours are those of the schedule's zone, or of the project's when it names none. */
function cronOf({ plan }: LaunchedExperiment): Cron | null {
  const { schedule } = plan;
  if (schedule === null) return null;
  return new Cron(schedule.cron, {
    timezone: schedule.timezone ?? plan.timezone,
    mode: '5-part',
    paused: true,
  });
}
