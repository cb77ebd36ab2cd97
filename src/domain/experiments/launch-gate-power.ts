import type { FindingFacts } from '../evidence/finding.js';
import { findingOf } from '../evidence/finding.js';
import type { GateReport, Remedy } from '../evidence/gate-report.js';
import { completeBody, completeDraft } from '../evidence/remedies.js';
import { type CouldShow, PATIENCE_DAYS } from '../planning/could-show.js';
import { LAUNCH_WARNING_ONLY, type LaunchCase, type LaunchFinding } from './launch-gate-case.js';

/** What the test can ever show, against what it is to find. It warns: waiting is for people to decide. */

interface PowerCase {
  definition: Pick<LaunchCase['definition'], 'key' | 'analysis' | 'traffic'>;
  couldShow: readonly CouldShow[];
}

type Complete = (needs: string) => Remedy;

/** A test that can never resolve what it is to find costs everybody's time. */
export function cannotResolve(gate: LaunchCase): LaunchFinding {
  return resolving(gate, (needs) => completeDraft(gate.definition.key, needs));
}

/** Where nothing is known it says so: no number is no all-clear. */
export function powerUnknown(gate: LaunchCase): LaunchFinding {
  return knowing(gate);
}

/** The report of a gate asked for a body that is none yet, with the same two warnings. */
export function withPowerWarnings(report: GateReport, gate: PowerCase): GateReport {
  const own = [resolving(gate, completeBody), knowing(gate)];
  const merged = (state: LaunchFinding['state'], items: GateReport['met']) =>
    [...items, ...own.filter((found) => found.state === state).map(({ item }) => item)].toSorted(
      (one, other) => (one.code < other.code ? -1 : one.code > other.code ? 1 : 0),
    );
  return {
    ...report,
    warnings: merged('warning', report.warnings),
    met: merged('met', report.met),
  };
}

function resolving({ definition, couldShow }: PowerCase, complete: Complete): LaunchFinding {
  const { plannedDays } = definition.analysis;
  const beyond = couldShow.flatMap((shown) => {
    const { metric, wanted, isKnown, smallestEffect } = shown;
    const missed = wanted.filter(({ reach }) => reach === 'beyond');
    // So few units that no effect at all can be found.
    const isBlind = wanted.length === 0 && isKnown && smallestEffect === undefined;
    return isBlind
      ? [{ metric, days: null, sentence: shown.sentence }]
      : missed.map(({ days, sentence }) => ({ metric, days: days ?? null, sentence }));
  });
  const isMet = beyond.length === 0;
  const isAsked = couldShow.some(({ wanted }) => wanted.length > 0);
  const met = isAsked
    ? 'What the test is to find is within what it can show, as far as that is known.'
    : 'No size is declared that the test would have to find.';
  return warningUnless(isMet, {
    code: 'CANNOT_RESOLVE',
    pointer: '/analysis/plannedDays',
    expected: plannedDays ?? PATIENCE_DAYS,
    actual: isMet ? null : longest(beyond.map(({ days }) => days)),
    subjects: beyond.map(({ metric }) => metric),
    why: isMet ? met : beyond.map(({ sentence }) => sentence).join(' '),
    remedies: remediesOf(definition, complete),
  });
}

/** The days that the slowest of them takes; null where no time is enough. */
function longest(days: readonly (number | null)[]): number | null {
  return days.reduce<number | null>(
    (most, one) => (most === null || one === null ? null : Math.max(most, one)),
    0,
  );
}

function remediesOf({ analysis, traffic }: PowerCase['definition'], complete: Complete): Remedy[] {
  return [
    complete('analysis.plannedDays: run it longer'),
    ...(traffic < 1 ? [complete('traffic: let more units in')] : []),
    complete(
      'analysis.smallestEffectThatMatters or rationale.prediction: a change that does more, and so is seen sooner',
    ),
    complete('metrics: one nearer to the change, with a chain from there to the money'),
    ...(analysis.cuped === undefined
      ? [complete('analysis.cuped: take out what the days before the exposure explain')]
      : []),
  ];
}

function knowing({ couldShow }: PowerCase): LaunchFinding {
  const unknown = couldShow.filter(({ isKnown }) => !isKnown);
  const isMet = couldShow.length > 0 && unknown.length === 0;
  const keys = [...new Set(unknown.map(({ metric }) => metric))];
  const what = keys.length === 0 ? 'its metrics' : keys.join(', ');
  const told = [...new Set(unknown.map(({ sentence }) => sentence))].join(' ');
  return warningUnless(isMet, {
    code: 'POWER_UNKNOWN',
    pointer: '/metrics',
    expected: 0,
    actual: couldShow.length === 0 ? null : keys.length,
    subjects: keys,
    why: isMet
      ? 'What the test can show is known from the units of the last weeks.'
      : `Nobody knows what the test can ever show of ${what}.${told === '' ? '' : ` ${told}`}`,
    remedies: [
      {
        action: 'Send events of the last weeks',
        method: 'POST',
        path: '/v1/events',
        needs: 'what units did, from which traffic and spread are measured',
      },
      {
        action: 'Ask with numbers of your own',
        method: 'POST',
        path: '/v1/plans/power',
        needs: 'metric, baseline and unitsPerDay',
      },
    ],
  });
}

function warningUnless(
  isMet: boolean,
  facts: FindingFacts<'CANNOT_RESOLVE' | 'POWER_UNKNOWN'>,
): LaunchFinding {
  return findingOf(isMet ? 'met' : 'warning', facts, LAUNCH_WARNING_ONLY);
}
