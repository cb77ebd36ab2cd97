import type { Direction } from '../../metrics/metric.js';
import type { Move } from '../classify.js';
import type { VerdictState } from '../verdict.js';
import type { LearnedFacts, LinkFacts, MovedMetric } from './learned-facts.js';
import type { InsightEffect, LearningOutcome, MechanismVerdict, MetricVerdict } from './outcome.js';

/**
 * Two verdicts side by side. A metric can move for another reason than the one that was given, and a
 * right reason can fail to move it: what a test teaches is both, and where one of them is not known
 * nothing is concluded.
 */

export interface Judgement {
  metric: MetricVerdict;
  /** Absent while it cannot be said. */
  asPredicted?: boolean;
  mechanism: MechanismVerdict;
  outcome: LearningOutcome;
  metricReasons: string[];
  /** Of the mechanism. */
  reasons: string[];
  /** Something that happened speaks against the reason, and not an opinion of it alone. */
  shownWrong: boolean;
}

/** The money is lost, or harm is done: whatever the predicted metric did, that is no win. */
const LOST: readonly VerdictState[] = ['harm', 'proxy_trap', 'profit_loss'];
/** Until the money has matured nothing counts as a win. */
const PENDING: readonly VerdictState[] = ['collecting', 'proxy_win_pending_profit'];

export function judgeLearned(facts: LearnedFacts): Judgement {
  const seen = metricSeen(facts);
  const { mechanism, reasons, shownWrong } = mechanismSeen(facts, seen.asPredicted === true);
  const { outcome, why } = outcomeOfBoth(facts, seen, mechanism);
  return {
    metric: seen.metric,
    ...(seen.asPredicted === undefined ? {} : { asPredicted: seen.asPredicted }),
    mechanism,
    outcome,
    metricReasons: [seen.why, ...why],
    reasons,
    shownWrong,
  };
}

/**
 * What an outcome does to the insights a test rested on. A win for another reason says nothing of
 * them, unless it also showed that theirs is wrong.
 */
export function insightEffectOf({
  outcome,
  shownWrong,
}: Pick<Judgement, 'outcome' | 'shownWrong'>): InsightEffect {
  switch (outcome) {
    case 'understood_win':
      return 'supported';
    case 'lucky_win':
      return shownWrong ? 'weakened' : 'none';
    case 'refuted':
      return 'contested';
    case 'broken_chain':
    case 'open':
      return 'none';
  }
}

interface MetricSeen {
  metric: MetricVerdict;
  asPredicted?: boolean;
  why: string;
}

function metricSeen({ state, metric }: LearnedFacts): MetricSeen {
  const { key, move, expected, isPredicted } = metric;
  if (state === 'invalid') {
    return { metric: 'invalid', why: 'The numbers are not valid, so nothing follows from them.' };
  }
  if (move === 'not_computed') {
    return { metric: 'not_computed', why: `There is no number of ${key} that may be read yet.` };
  }
  if (move === 'flat' && !metric.matured) {
    const why = `${key} has not moved so far, and its time is not over.`;
    return { metric: 'not_computed', why };
  }
  if (move === 'flat') {
    const against = isPredicted ? ', although one was predicted' : '';
    const why = `No change of ${key} can be seen${against}.`;
    return { metric: 'no_detectable_change', asPredicted: false, why };
  }
  const asPredicted = goesWith(move, expected);
  const said = isPredicted ? (asPredicted ? ', as predicted' : ', against what was predicted') : '';
  return {
    metric: isBetter(metric) ? 'better' : 'worse',
    asPredicted,
    why: `${key} went ${move}${said}.`,
  };
}

/** For and against the reason; what says neither is only told where nothing else speaks. */
interface Witness {
  speaks: 'for' | 'against' | 'neither';
  /** It happened, rather than being somebody's judgement. */
  isFact: boolean;
  why: string;
}

function mechanismSeen(
  facts: LearnedFacts,
  asPredicted: boolean,
): Pick<Judgement, 'mechanism' | 'reasons' | 'shownWrong'> {
  const witnesses = [
    ...facts.links.flatMap((link) => linkWitness(link, facts.metric, asPredicted)),
    ...facts.experience.flatMap(experienceWitness),
    ...falsifierWitness(facts),
    ...peopleWitness(facts),
  ];
  const against = witnesses.filter(({ speaks }) => speaks === 'against');
  const isFor = witnesses.some(({ speaks }) => speaks === 'for');
  const mechanism = against.length > 0 ? 'not_supported' : isFor ? 'supported' : 'unknown';
  const reasons = witnesses.map(({ why }) => why);
  const silence =
    'Nothing tells whether the reason was right: no link before the money held or broke, and no experience was measured.';
  return {
    mechanism,
    reasons: mechanism === 'unknown' ? [...reasons, silence] : reasons,
    shownWrong: against.some(({ isFact }) => isFact),
  };
}

/**
 * A link into the judged metric is the metric's own story: where the metric did not move as predicted
 * it is the link that failed, and where it did, its moving is no second witness of the reason. It
 * speaks only when the metric moved although what should have moved it went the other way.
 */
function linkWitness(link: LinkFacts, metric: MovedMetric, asPredicted: boolean): Witness[] {
  const { from, to, verdict, by } = link;
  const name = `The link ${from} -> ${to}`;
  const judge = by === 'people' ? 'as people judged it' : 'by the numbers';
  const isIntoMetric = to === `metric:${metric.key}`;
  if (verdict === 'broken' && isIntoMetric && !asPredicted) {
    return [{ speaks: 'neither', isFact: false, why: `${name} is the one that failed, ${judge}.` }];
  }
  if (verdict === 'broken') {
    return [{ speaks: 'against', isFact: by === 'numbers', why: `${name} is broken, ${judge}.` }];
  }
  if (verdict === 'held' && !isIntoMetric) {
    return [{ speaks: 'for', isFact: by === 'numbers', why: `${name} held, ${judge}.` }];
  }
  return [];
}

function experienceWitness(experience: MovedMetric): Witness[] {
  const { key, move, matured } = experience;
  if (move === 'not_computed') return [];
  if (move !== 'flat') {
    return isBetter(experience)
      ? [{ speaks: 'for', isFact: true, why: `People's experience got better: ${key}.` }]
      : [{ speaks: 'against', isFact: true, why: `People's experience got worse: ${key}.` }];
  }
  if (!matured) return [];
  const why = `No change of people's experience can be seen: ${key}.`;
  return [{ speaks: 'against', isFact: false, why }];
}

/** That it was not met is no proof; without it every other proof falls. */
function falsifierWitness({ wrongIfMet }: LearnedFacts): Witness[] {
  if (wrongIfMet === null) return [];
  return wrongIfMet
    ? [{ speaks: 'against', isFact: true, why: 'What would show the reason wrong has happened.' }]
    : [
        {
          speaks: 'neither',
          isFact: false,
          why: 'What would show the reason wrong has not happened.',
        },
      ];
}

function peopleWitness({ people }: LearnedFacts): Witness[] {
  const { heard, needed, described, contradicted } = people;
  if (heard === 0) return [];
  if (heard < needed) {
    const why = `${heard} of the ${needed} people who are to be heard after the change have been heard.`;
    return [{ speaks: 'neither', isFact: false, why }];
  }
  const count = `Of ${heard} people who had met the change, ${described} described the reason without being asked and ${contradicted} contradicted it.`;
  if (contradicted > described) return [{ speaks: 'against', isFact: true, why: count }];
  const speaks = described > contradicted ? 'for' : 'neither';
  return [{ speaks, isFact: true, why: count }];
}

function outcomeOfBoth(
  { state }: LearnedFacts,
  { metric, asPredicted }: MetricSeen,
  mechanism: MechanismVerdict,
): { outcome: LearningOutcome; why: string[] } {
  if (metric === 'invalid' || metric === 'not_computed') return { outcome: 'open', why: [] };
  const isMoved = asPredicted === true;
  if (isMoved && state !== null && PENDING.includes(state)) {
    return { outcome: 'open', why: ['The money has not matured, so it does not count as a win.'] };
  }
  const isLost = state !== null && LOST.includes(state);
  const why = isMoved && isLost ? ['The money was lost, so it does not count as a win.'] : [];
  if (mechanism === 'unknown') return { outcome: 'open', why };
  const isSupported = mechanism === 'supported';
  if (isMoved && !isLost) return { outcome: isSupported ? 'understood_win' : 'lucky_win', why };
  return { outcome: isSupported ? 'broken_chain' : 'refuted', why };
}

function isBetter({ move, good }: MovedMetric): boolean {
  return goesWith(move, good);
}

function goesWith(move: Move, direction: Direction): boolean {
  return move === (direction === 'increase' ? 'up' : 'down');
}
