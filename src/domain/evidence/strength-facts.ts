import type { Rationale } from '../experiments/definition.js';
import { chainMetricsOf } from '../experiments/rationale-references.js';
import type { Disposition, DossierInterview } from './dossier.js';
import type { GateCase } from './gate-case.js';
import { evidenceTestOf } from './measures/evidence-test.js';
import type { StrengthFacts, TrackOutcome } from './measures/strength-facts.js';
import { readerAgreement } from './reader-agreement.js';
import { unheardParts } from './roles-heard.js';
import { stageNearness } from './stage-nearness.js';
import type { Testimony } from './testimony.js';
import { unexplainedShifts } from './unexplained-shifts.js';

const DAY_MS = 86_400_000;

/** What the case knows before its strength is judged. */
export type StrengthCase = Omit<GateCase, 'strength'>;

/** The facts behind every component of the evidence's strength, read off the dossier. */
export function strengthFactsOf(gate: StrengthCase): StrengthFacts {
  const { exact, adjacent, other } = stageNearness(gate);
  const { readers, alpha } = readerAgreement(gate.citations.insights);
  const isB2b = gate.project.market === 'b2b';
  const counted = gate.people.testimonies;
  const supporting = gate.testimonies.filter(({ supports }) => supports);
  return {
    directness: directnessFacts(gate),
    people: {
      supporting: gate.people.total,
      asked: gate.ledger.asked.size,
      accounts: isB2b ? gate.ledger.accounts.size : null,
      roles: gate.ledger.roles.size,
    },
    richness: richnessFacts(gate),
    coherence: coherenceFacts(gate),
    relevanceWho: {
      exact: exact.size,
      adjacent: adjacent.size,
      other: other.size,
      rolesUnheard: isB2b ? unheardParts(gate.ledger.roles).length : 0,
    },
    relevanceWhen: relevanceWhenFacts(gate),
    method: methodFacts(gate),
    triangulation: {
      methodsAgreeing: new Set(counted.map(({ interview }) => interview?.method)).size,
      independentPeople: gate.people.total,
      signals: 'none',
    },
    diagnosticity: { tests: testsAgainstStrongest(gate.rationale) },
    reliability: { readers, alpha: alpha.ok ? alpha.alpha : null },
    trackRecord: {
      outcomes: earlierOutcomes(gate),
    },
    allWithdrawn:
      supporting.length > 0 && supporting.every(({ faults }) => faults.has('CONSENT_MISSING')),
  };
}

/** Its own end is no earlier test, and what ended open says neither. */
function earlierOutcomes({ citations, definition }: StrengthCase): TrackOutcome[] {
  return citations.insights
    .flatMap(({ insight }) => insight.track ?? [])
    .filter(({ experiment }) => experiment !== definition.key)
    .flatMap(({ outcome }) => (outcome === 'open' ? [] : [outcome]));
}

function directnessFacts({ people, testimonies, personOf }: StrengthCase) {
  const observed = peopleOf(
    people.testimonies,
    personOf,
    ({ directness }) => directness === 'observed',
  );
  const certain = peopleOf(
    people.testimonies,
    personOf,
    ({ directness, interview }) =>
      directness === 'observed' ||
      (directness === 'first_hand_live' && interview?.producedBy !== 'ai'),
  );
  const proxy = peopleOf(
    testimonies,
    personOf,
    ({ supports, directness }) => supports && directness === 'hearsay',
  );
  return {
    observed: observed.size,
    live: people.direct.size - observed.size,
    written: people.written.size,
    proxy: proxy.size,
    // What a program wrote down whole is no proof that anybody talked.
    liveDoubted: people.direct.size - certain.size,
  };
}

function peopleOf(
  testimonies: readonly Testimony[],
  personOf: StrengthCase['personOf'],
  isMeant: (testimony: Testimony) => boolean,
): Set<string> {
  const meant = testimonies.filter(isMeant);
  return new Set(
    meant.flatMap(({ participant }) => (participant === null ? [] : [personOf(participant.id)])),
  );
}

function richnessFacts({ people, dossier }: StrengthCase): StrengthFacts['richness'] {
  const ids = new Set(people.testimonies.filter(({ isQuote }) => isQuote).map(({ id }) => id));
  const quotes = dossier.quotes.filter(({ id }) => ids.has(id));
  const shareOf = (temporality: string) =>
    quotes.length === 0
      ? null
      : quotes.filter((quote) => quote.temporality === temporality).length / quotes.length;
  const everybody = people.direct.size + people.written.size;
  return {
    medianWords: median(
      people.testimonies.flatMap(({ interview, participantId }) =>
        (interview?.participants ?? [])
          .filter((one) => one.participantId === participantId)
          .map(({ words }) => words),
      ),
    ),
    pastSpecificShare: shareOf('past_specific'),
    opinionShare: shareOf('opinion'),
    quotesPerPerson: everybody === 0 ? null : quotes.length / everybody,
  };
}

function coherenceFacts({ ledger }: StrengthCase): StrengthFacts['coherence'] {
  const saying = (disposition: Disposition) =>
    [...ledger.said.values()].filter((said) => said.has(disposition)).length;
  return {
    supports: saying('supports'),
    contradicts: saying('contradicts'),
    qualifies: saying('qualifies'),
    silentAsked: ledger.silent.size,
    answered: ledger.answered.size,
  };
}

function relevanceWhenFacts(gate: StrengthCase): StrengthFacts['relevanceWhen'] {
  const ages = gate.interviews.map(
    ({ endedAt }) => (gate.now.getTime() - endedAt.getTime()) / DAY_MS,
  );
  const looked = chainMetricsOf(gate.rationale).length > 0;
  return {
    newestAgeDays: ages.length === 0 ? null : Math.min(...ages),
    medianAgeDays: median(ages),
    limitDays: gate.policy.ageDays,
    shiftSinceNewest: looked ? unexplainedShifts(gate).length > 0 : null,
  };
}

function methodFacts(gate: StrengthCase): StrengthFacts['method'] {
  const { people, dossier, interviews, citations } = gate;
  const counted = people.testimonies;
  const supporting = new Set(
    citations.quotes.filter(({ supports }) => supports).map(({ quoteId }) => quoteId),
  );
  const typed = dossier.quotes.filter(
    ({ id, elicitation }) => supporting.has(id) && elicitation !== null,
  );
  return {
    verbatimShare:
      counted.length === 0
        ? null
        : counted.filter(({ isQuote }) => isQuote).length / counted.length,
    leadingShare:
      typed.length === 0
        ? null
        : typed.filter(({ elicitation }) => elicitation === 'leading').length / typed.length,
    oneInterviewerOnly: new Set(interviews.map(({ interviewer }) => interviewer)).size <= 1,
    preregistered: isPreregistered(interviews, gate),
  };
}

function isPreregistered(
  interviews: readonly DossierInterview[],
  { dossier }: StrengthCase,
): boolean {
  const planned = new Set(
    dossier.studies.filter(({ preregistered }) => preregistered === true).map(({ id }) => id),
  );
  return (
    interviews.length > 0 &&
    interviews.every(({ studyId }) => studyId !== null && planned.has(studyId))
  );
}

type Tests = StrengthFacts['diagnosticity']['tests'];

/**
 * The tests against the explanation that stands best beside the claim: one that ruled the claim out,
 * else one that nothing tells from it, else one that nothing rules out.
 */
function testsAgainstStrongest(rationale: Rationale): Tests {
  const rivals = (rationale.otherExplanations ?? [])
    .filter(({ explanation }) => explanation.trim() !== '')
    .map(({ tests }) =>
      (tests ?? []).map((test) => ({
        type: evidenceTestOf(test),
        outcome: test.seen ? ('passed' as const) : ('failed' as const),
      })),
    );
  const [strongest] = rivals.toSorted((one, other) => standingOf(other) - standingOf(one));
  return strongest ?? [];
}

function standingOf(tests: Tests): number {
  const decides = (outcome: 'passed' | 'failed', types: readonly string[]) =>
    tests.some((test) => test.outcome === outcome && types.includes(test.type));
  if (decides('failed', ['hoop', 'doubly_decisive'])) return 3;
  if (tests.every(({ type }) => type === 'straw')) return 2;
  return decides('passed', ['smoking_gun', 'doubly_decisive']) ? 0 : 1;
}

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
