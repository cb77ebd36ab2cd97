import { normalCdf } from './normal.mjs';

/**
 * What the demo plants. A visitor of an arm takes one of finitely many journeys, so that the true
 * mean and variance of every metric are exact sums and not estimates.
 *
 * @typedef {object} Step Something that happens on a journey.
 * @property {'event' | 'money'} type
 * @property {string} name
 * @property {number} [amountMinor]
 * @property {string} [as] Name by which later steps refer to this one.
 * @property {string} [refersTo]
 * @property {[number, number]} [minutes] After the exposure, between the two.
 * @property {[number, number]} [days] Whole days later, between the two.
 *
 * @typedef {{ probability: number, steps: Step[] }} Journey
 * @typedef {{ mean: number, variance: number }} Truth
 */

/**
 * Every way through a list of choices, with its probability.
 * @param {(choose: (options: readonly [number, any][]) => any) => Step[]} walk Takes its choices by
 *   calling `choose`, which answers each option in turn.
 * @returns {Journey[]}
 */
export function everyJourney(walk) {
  const journeys = [];
  /** Which option each choice takes; grows and counts up like an odometer. */
  let taken = [];
  do {
    let probability = 1;
    let at = 0;
    const sizes = [];
    const steps = walk((options) => {
      const index = taken[at] ?? 0;
      const option = options[index];
      if (option === undefined) throw new RangeError('a choice has no such option');
      sizes.push(options.length);
      taken[at] = index;
      at += 1;
      probability *= option[0];
      return option[1];
    });
    if (probability > 0) journeys.push({ probability, steps });
    taken = nextOf(taken.slice(0, at), sizes);
  } while (taken.length > 0);
  const total = journeys.reduce((sum, one) => sum + one.probability, 0);
  if (Math.abs(total - 1) > 1e-9) throw new RangeError(`probabilities add up to ${total}`);
  return journeys;
}

function nextOf(taken, sizes) {
  const next = [...taken];
  while (next.length > 0) {
    const last = next.length - 1;
    if (next[last] + 1 < sizes[last]) {
      next[last] += 1;
      return next;
    }
    next.pop();
  }
  return next;
}

/** Yes with this probability. */
export const maybe = (probability) => [
  [1 - probability, false],
  [probability, true],
];

/** @param {Journey[]} journeys @param {() => number} random @returns {Journey} */
export function drawJourney(journeys, random) {
  let left = random();
  for (const journey of journeys) {
    left -= journey.probability;
    if (left < 0) return journey;
  }
  return journeys[journeys.length - 1];
}

/** What a journey is worth in a metric: money in major units, an event once or not at all. */
export const VALUES = {
  profit: ({ steps }) => steps.reduce((sum, step) => sum + (step.amountMinor ?? 0), 0) / 100,
  happened:
    (name) =>
    ({ steps }) =>
      steps.some((step) => step.type === 'event' && step.name === name) ? 1 : 0,
};

/** @param {Journey[]} journeys @param {(journey: Journey) => number} value @returns {Truth} */
export function truthOf(journeys, value) {
  const mean = journeys.reduce((sum, one) => sum + one.probability * value(one), 0);
  const squares = journeys.reduce((sum, one) => sum + one.probability * value(one) ** 2, 0);
  return { mean, variance: squares - mean ** 2 };
}

/**
 * The planned power of a two-sided test of two means with `n` units in each arm, by the normal
 * approximation: both tails, so that it is alpha when nothing is planted.
 * @param {{ control: Truth, treatment: Truth, n: number }} planned
 */
export function plannedPower({ control, treatment, n }) {
  const effect = treatment.mean - control.mean;
  const error = Math.sqrt((control.variance + treatment.variance) / n);
  const shift = Math.abs(effect) / error;
  return { effect, error, power: normalCdf(shift - Z_975) + normalCdf(-shift - Z_975) };
}

/** Of alpha 0.05, two-sided. */
const Z_975 = 1.959963984540054;
