import type { DossierInterview } from '../dossier.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

const DAY_MS = 86_400_000;

/**
 * People were asked soon after what they tell about. A study of people who all lived through one event
 * rests on that event, so there a long lag, or a date nobody gave, blocks; elsewhere it is worth
 * knowing.
 */
export function eventLag(gate: GateCase): Finding {
  const { eventLagDays } = gate.policy;
  const anchored = new Set(
    gate.dossier.studies.filter(({ anchorEvent }) => anchorEvent !== null).map(({ id }) => id),
  );
  const isAnchored = ({ studyId }: DossierInterview) => studyId !== null && anchored.has(studyId);
  const late = gate.interviews.filter((interview) => isLate(interview, eventLagDays));
  const blocking = gate.interviews.filter(
    (interview) =>
      isAnchored(interview) && (interview.anchorEventAt === null || late.includes(interview)),
  );
  const state = blocking.length > 0 ? 'unmet' : late.length > 0 ? 'warning' : 'met';
  const named = state === 'unmet' ? blocking : late;
  const many = countOf(named.length, 'cited interview', 'cited interviews');
  const sentences = {
    unmet: `In ${many} of a study about one event, the event is not dated or not within ${eventLagDays} days before the talk.`,
    warning: `In ${many} the event was not within ${eventLagDays} days before the talk: memory may have rewritten it.`,
    met: `Every dated event was within ${eventLagDays} days before the talk about it.`,
  };
  return finding(state, {
    code: 'EVENT_LAG',
    pointer: pointerTo(gate, named[0]),
    expected: eventLagDays,
    actual: longestLagDays(gate.interviews),
    subjects: named.map(({ id }) => id),
    why: sentences[state],
    remedies: [
      recordInterview('a person who lived through the event recently, with its anchorEventAt'),
    ],
  });
}

/** What happened after the talk was not talked about either. */
function isLate({ anchorEventAt, startedAt, endedAt }: DossierInterview, days: number): boolean {
  if (anchorEventAt === null) return false;
  const lag = startedAt.getTime() - anchorEventAt.getTime();
  return lag > days * DAY_MS || anchorEventAt > endedAt;
}

/** Rounded up so that it compares with the limit; null where no event is dated. */
function longestLagDays(interviews: readonly DossierInterview[]): number | null {
  const lags = interviews.flatMap(({ anchorEventAt, startedAt }) =>
    anchorEventAt === null ? [] : [startedAt.getTime() - anchorEventAt.getTime()],
  );
  return lags.length === 0 ? null : Math.ceil(Math.max(...lags) / DAY_MS);
}

function pointerTo(gate: GateCase, interview: DossierInterview | undefined): string {
  const testimony = gate.testimonies.find((one) => one.interview === interview);
  return interview === undefined ? '/rationale' : (testimony?.pointer ?? '/rationale');
}
