import { requireFinite } from '../../../stats/argument-checks.js';
import type { StrengthFacts } from './strength-facts.js';
import {
  hasCertainLive,
  hasFailedHoop,
  type Rated,
  STRENGTH_COMPONENTS,
  STRENGTH_RATINGS,
  STRENGTH_RULES,
  type StrengthComponent,
  type StrengthRating,
} from './strength-ratings.js';

/** In GRADE-CERQual's wording: how likely the claim reflects what people live through. */
export const STRENGTH_LABELS = ['high', 'moderate', 'low', 'very_low'] as const;
export type StrengthLabel = (typeof STRENGTH_LABELS)[number];

export const STRENGTH_VETOES = ['no_live_first_hand', 'failed_hoop', 'all_withdrawn'] as const;
export type StrengthVeto = (typeof STRENGTH_VETOES)[number];

/** A person who knows more may find a concern more serious than the facts say. */
export interface StrengthLowering {
  component: StrengthComponent;
  /** Must be more serious than what was computed. */
  rating: StrengthRating;
  reason: string;
  /** Member who did it. */
  by: string;
}

export interface StrengthItem extends Rated {
  component: StrengthComponent;
  /** What the facts alone say. */
  computed: StrengthRating;
  facts: Readonly<Record<string, unknown>>;
  /** Present when a person found it more serious. */
  lowered: StrengthLowering | null;
}

/** Each step from the start to the label, so that anybody can retrace it. */
export interface StrengthStep {
  because: 'start' | 'serious' | 'two_moderate' | 'veto';
  /** The components, or the veto, that caused it. */
  by: readonly (StrengthComponent | StrengthVeto)[];
  label: StrengthLabel;
}

export interface Strength {
  label: StrengthLabel;
  components: readonly StrengthItem[];
  steps: readonly StrengthStep[];
  vetoes: readonly StrengthVeto[];
  /** Lowerings that were not applied: they would raise, change nothing, or give no reason. */
  ignored: readonly StrengthLowering[];
}

/**
 * How strong a claim is: eleven concerns with their facts, never a score. Starts at high; each serious
 * concern lowers by one level, every two moderate ones lower by one, a veto sets very low. Nothing
 * raises. The label informs and warns; it blocks nothing.
 *
 * @throws RangeError for a fact that is no finite number: it would compare false and look sound.
 */
export function strengthOf(
  facts: StrengthFacts,
  lowerings: readonly StrengthLowering[] = [],
): Strength {
  const ignored: StrengthLowering[] = [];
  requireFiniteFacts(facts);
  const components = STRENGTH_COMPONENTS.map((component) => {
    const { rating: computed, why } = STRENGTH_RULES[component](facts);
    const item: StrengthItem = {
      component,
      computed,
      rating: computed,
      why,
      facts: factsOf(component, facts),
      lowered: null,
    };
    for (const lowering of lowerings.filter((one) => one.component === component)) {
      if (!isLowering(item.rating, lowering)) {
        ignored.push(lowering);
        continue;
      }
      item.rating = lowering.rating;
      item.lowered = lowering;
    }
    return item;
  });
  const vetoes = vetoesOf(facts);
  const steps = stepsOf(components, vetoes);
  return { label: steps.at(-1)?.label ?? 'high', components, steps, vetoes, ignored };
}

/** Whether it makes the concern more serious and says why. */
export function isLowering(
  from: StrengthRating,
  { rating, reason }: Pick<StrengthLowering, 'rating' | 'reason'>,
): boolean {
  return STRENGTH_RATINGS.indexOf(rating) > STRENGTH_RATINGS.indexOf(from) && reason.trim() !== '';
}

function vetoesOf(facts: StrengthFacts): StrengthVeto[] {
  const stands: Record<StrengthVeto, boolean> = {
    no_live_first_hand: !hasCertainLive(facts.directness),
    failed_hoop: hasFailedHoop(facts.diagnosticity.tests),
    all_withdrawn: facts.allWithdrawn,
  };
  return STRENGTH_VETOES.filter((veto) => stands[veto]);
}

function stepsOf(
  components: readonly StrengthItem[],
  vetoes: readonly StrengthVeto[],
): StrengthStep[] {
  const withRating = (rating: StrengthRating): StrengthComponent[] =>
    components.filter((one) => one.rating === rating).map(({ component }) => component);
  const steps: StrengthStep[] = [{ because: 'start', by: [], label: 'high' }];
  let level = 0;
  const lower = (because: StrengthStep['because'], by: readonly StrengthComponent[]): void => {
    level = Math.min(level + 1, STRENGTH_LABELS.length - 1);
    steps.push({ because, by, label: STRENGTH_LABELS[level] ?? 'very_low' });
  };
  for (const component of withRating('serious')) lower('serious', [component]);
  const moderate = withRating('moderate');
  for (let at = 0; at + 2 <= moderate.length; at += 2) {
    lower('two_moderate', moderate.slice(at, at + 2));
  }
  for (const veto of vetoes) steps.push({ because: 'veto', by: [veto], label: 'very_low' });
  return steps;
}

function factsOf(
  component: StrengthComponent,
  facts: StrengthFacts,
): Readonly<Record<string, unknown>> {
  const byComponent: Readonly<Record<StrengthComponent, object>> = {
    directness: facts.directness,
    people: facts.people,
    richness: facts.richness,
    coherence: facts.coherence,
    relevance_who: facts.relevanceWho,
    relevance_when: facts.relevanceWhen,
    method: facts.method,
    triangulation: facts.triangulation,
    diagnosticity: facts.diagnosticity,
    reliability: facts.reliability,
    track_record: facts.trackRecord,
  };
  return { ...byComponent[component] };
}

function requireFiniteFacts(facts: StrengthFacts): void {
  for (const component of STRENGTH_COMPONENTS) {
    for (const [name, value] of Object.entries(factsOf(component, facts))) {
      if (typeof value === 'number') requireFinite(`${component}.${name}`, value);
    }
  }
}
