import { ALPHA_FIRM } from './agreement-alpha.js';
import { dissentBound } from './small-n.js';
import type { StrengthFacts } from './strength-facts.js';

export const STRENGTH_RATINGS = ['no', 'minor', 'moderate', 'serious'] as const;
/** How serious a concern is. */
export type StrengthRating = (typeof STRENGTH_RATINGS)[number];

export const STRENGTH_COMPONENTS = [
  'directness',
  'people',
  'richness',
  'coherence',
  'relevance_who',
  'relevance_when',
  'method',
  'triangulation',
  'diagnosticity',
  'reliability',
  'track_record',
] as const;
export type StrengthComponent = (typeof STRENGTH_COMPONENTS)[number];

/** A rating with the one sentence that says why. */
export interface Rated {
  rating: StrengthRating;
  why: string;
}

/** Fewer asked is serious; fewer than the second moderate; ten hear 98% of what is widely held. */
const ASKED_SERIOUS = 3;
const ASKED_MODERATE = 5;
const ASKED_MINOR = 10;
const LEADING_MODERATE = 0.2;
const ALPHA_SERIOUS = 0.4;
/** One quote a person is a snippet; a story has more. */
const QUOTES_PER_PERSON = 2;

/**
 * The concern of each component: the facts and the lines of `moderate` and `serious` are the
 * product's rules; `minor` is said and lowers nothing. The idea of components in place of a score is
 * that of GRADE-CERQual (Lewin et al. 2018, Implementation Science 13(Suppl 1):2). What is not known is
 * a moderate concern: silence must not look better than a bad fact.
 */
export const STRENGTH_RULES: Readonly<Record<StrengthComponent, (facts: StrengthFacts) => Rated>> =
  {
    directness: ({ directness }) => {
      const { observed, live, written, proxy } = directness;
      if (!hasCertainLive(directness)) {
        return serious('It is not certain that anybody was heard live or watched.');
      }
      const share = (observed + live) / (observed + live + written);
      if (share < 0.5) return moderate('Less than half of the people were heard live or watched.');
      if (share < 1) return minor('Some people were heard only in writing.');
      if (proxy > 0) return minor('Some of it is what others say about the audience.');
      return none('Everybody was heard live or watched.');
    },

    people: ({ people: { asked, accounts } }) => {
      if (asked < ASKED_SERIOUS) return serious(`Fewer than ${ASKED_SERIOUS} people were asked.`);
      if (asked < ASKED_MODERATE)
        return moderate(`Fewer than ${ASKED_MODERATE} people were asked.`);
      if (asked < ASKED_MINOR) return minor(`Fewer than ${ASKED_MINOR} people were asked.`);
      if (accounts === 1) return minor('All of them belong to one account.');
      return none(`${asked} people were asked.`);
    },

    richness: ({ richness: { medianWords, pastSpecificShare, opinionShare, quotesPerPerson } }) => {
      if (opinionShare === 1) return serious('There are only opinions and wishes.');
      if (pastSpecificShare === null) return unknown('how much of it tells of what happened');
      if (pastSpecificShare < 0.5) return moderate('Less than half of it tells of what happened.');
      if (medianWords === null) return minor('It is not known how much the people said.');
      if (quotesPerPerson === null || quotesPerPerson < QUOTES_PER_PERSON) {
        return minor(`There are fewer than ${QUOTES_PER_PERSON} quotes for each person.`);
      }
      return none('Most of it tells of what happened.');
    },

    coherence: ({ coherence }) => {
      const { supports, contradicts, qualifies, silentAsked, answered } = coherence;
      if (supports === 0) return serious('Nobody supports it.');
      if (contradicts >= supports) return serious('As many contradict it as support it.');
      if (contradicts >= supports / 3)
        return moderate('A third as many contradict it as support it.');
      if (contradicts > 0) {
        const open = contradicts - answered;
        return minor(
          open > 0 ? `Some contradict it, ${open} without an answer.` : 'Some contradict it.',
        );
      }
      if (qualifies > 0) return minor('Some say that it holds only in part.');
      const bound = dissentBound(supports + silentAsked);
      const share =
        typeof bound === 'number' ? ` Up to ${Math.round(bound * 100)}% still could.` : '';
      return none(`Nobody contradicts it.${share}`);
    },

    relevance_who: ({ relevanceWho: { exact, adjacent, other, rolesUnheard } }) => {
      if (exact + adjacent === 0) return serious('Nobody speaks for a stage of the audience.');
      if (exact === 0) return moderate('The people come from neighbouring stages only.');
      if (adjacent + other > 0) return minor('Some people come from other stages.');
      if (rolesUnheard > 0) return minor('Not every role was heard.');
      return none('Everybody speaks for a stage of the audience.');
    },

    relevance_when: ({ relevanceWhen }) => {
      const { medianAgeDays, limitDays, shiftSinceNewest } = relevanceWhen;
      if (shiftSinceNewest === true) {
        return serious('The number it is about shifted after the newest interview.');
      }
      if (medianAgeDays === null) return unknown('how old the interviews are');
      if (medianAgeDays > limitDays / 2) {
        return moderate('The median age of the interviews is over half of the limit.');
      }
      if (shiftSinceNewest === null)
        return minor('No number was looked at for a shift since then.');
      return none('The interviews are recent.');
    },

    method: ({ method: { verbatimShare, leadingShare, oneInterviewerOnly, preregistered } }) => {
      if (verbatimShare === 0) return serious('There are only notes, no verbatim words.');
      if (verbatimShare === null) return unknown('how much of it is verbatim');
      if (leadingShare === null) return unknown('how the questions were asked');
      if (leadingShare > LEADING_MODERATE) {
        return moderate(`More than ${LEADING_MODERATE * 100}% answers leading questions.`);
      }
      if (leadingShare > 0 || verbatimShare < 1) {
        return minor('Some of it is notes, or answers leading questions.');
      }
      if (oneInterviewerOnly) return minor('One person held all interviews.');
      if (!preregistered) return minor('The study was not written down before it began.');
      return none('Verbatim words, asked openly by more than one person, as planned before.');
    },

    triangulation: ({ triangulation: { methodsAgreeing, signals } }) => {
      if (signals === 'disagree') return serious('The numbers disagree with what people say.');
      if (methodsAgreeing <= 1) return moderate('It rests on one method.');
      if (signals === 'none') return minor('No numbers were compared with what people say.');
      return none('Several methods and the numbers agree.');
    },

    diagnosticity: ({ diagnosticity: { tests } }) => {
      if (hasFailedHoop(tests)) {
        return serious('Something that had to be seen, if it were true, was not.');
      }
      const taken = tests.filter(({ outcome }) => outcome !== null);
      if (taken.every(({ type }) => type === 'straw')) {
        return moderate('Nothing tells it from the strongest other explanation.');
      }
      const decisive = taken.some(
        ({ type, outcome }) =>
          outcome === 'passed' && (type === 'smoking_gun' || type === 'doubly_decisive'),
      );
      if (!decisive) return minor('It still stands, and so does the other explanation.');
      return none('Something was seen that the other explanation does not explain.');
    },

    reliability: ({ reliability: { readers, alpha } }) => {
      if (alpha !== null && alpha < ALPHA_SERIOUS) {
        return serious(`The readers agree little: alpha is under ${ALPHA_SERIOUS}.`);
      }
      if (readers <= 1) return moderate('Only one person read the interviews.');
      if (alpha === null) return minor('The agreement of the readers could not be computed.');
      if (alpha < ALPHA_FIRM) return minor('The agreement of the readers is not firm.');
      return none('Several people read it alike.');
    },

    track_record: ({ trackRecord: { outcomes } }) => {
      if (outcomes.includes('refuted')) return serious('An earlier test refuted the mechanism.');
      if (outcomes.includes('understood_win')) return none('An earlier test bore it out.');
      if (outcomes.includes('broken_chain')) {
        return minor('An earlier test bore the reason out, but the money did not follow.');
      }
      // A win for another reason says nothing for this one.
      return moderate('No earlier test speaks for the mechanism.');
    },
  };

/** Whether at least one person was heard live or watched beyond doubt: the floor of every policy. */
export function hasCertainLive({
  observed,
  live,
  liveDoubted,
}: StrengthFacts['directness']): boolean {
  return observed + live - liveDoubted > 0;
}

/** A failed item that had to be seen: a hoop, or one that decides both ways. */
export function hasFailedHoop(tests: StrengthFacts['diagnosticity']['tests']): boolean {
  return tests.some(
    ({ type, outcome }) => outcome === 'failed' && (type === 'hoop' || type === 'doubly_decisive'),
  );
}

function serious(why: string): Rated {
  return { rating: 'serious', why };
}

function moderate(why: string): Rated {
  return { rating: 'moderate', why };
}

function minor(why: string): Rated {
  return { rating: 'minor', why };
}

function none(why: string): Rated {
  return { rating: 'no', why };
}

function unknown(what: string): Rated {
  return moderate(`It is not known ${what}.`);
}
