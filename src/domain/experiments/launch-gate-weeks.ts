import { completeDraft } from '../evidence/remedies.js';
import { weeksFaults, type WeeksFault } from '../schedule/whole-weeks.js';
import { looksOf } from './definition.js';
import { launchFinding, type LaunchCase, type LaunchFinding } from './launch-gate-case.js';

const POINTERS: Readonly<Record<WeeksFault, string>> = {
  days: '/analysis/plannedDays',
  looks: '/schedule/cron',
};

/** As many Sundays as Tuesdays in each look, or the mix of days is part of what is measured. */
export function notWholeWeeks({ definition }: LaunchCase): LaunchFinding {
  const { analysis, schedule } = definition;
  const faults = weeksFaults({
    plannedDays: analysis.plannedDays,
    looks: looksOf(analysis),
    cron: schedule?.cron,
  });
  const [first] = faults;
  const sentences: Readonly<Record<WeeksFault, string>> = {
    days: `${analysis.plannedDays} days of enrolment are not whole weeks, so some days of the week count more than others.`,
    looks: 'Looks on different days or hours of the week compare different mixes of people.',
  };
  return launchFinding(first === undefined ? 'met' : 'warning', {
    code: 'NOT_WHOLE_WEEKS',
    pointer: first === undefined ? POINTERS.days : POINTERS[first],
    expected: 0,
    actual: faults.length,
    subjects: faults.map((fault) => POINTERS[fault]),
    why:
      first === undefined
        ? 'The test and its looks follow whole weeks, or no end is planned by days.'
        : faults.map((fault) => sentences[fault]).join(' '),
    remedies: [
      completeDraft(
        definition.key,
        'analysis.plannedDays that is a multiple of 7; a schedule.cron with one day of the week and one time',
      ),
    ],
  });
}
