import type { CouldShow, Reach } from '../../src/domain/planning/could-show.js';
import { canShow, type LaunchChanges } from './launch-draft.js';

const wants = (reach: Reach): CouldShow =>
  canShow({
    wanted: [
      { because: 'smallest_effect_that_matters', reach, days: 40, sentence: 'It takes 40.' },
    ],
  });
const { smallestEffect: _none, ...blind } = canShow();

/** What the launch gate says of what a test can ever show: a draft, unmet codes, and warnings. */
export const POWER_CASES: readonly [string, LaunchChanges, string[], string[]][] = [
  ['what is wanted within reach', { input: { couldShow: [wants('within')] } }, [], []],
  [
    'what is wanted beyond reach',
    { input: { couldShow: [wants('beyond')] } },
    [],
    ['CANNOT_RESOLVE'],
  ],
  [
    'so few units that nothing can be seen',
    { input: { couldShow: [blind] } },
    [],
    ['CANNOT_RESOLVE'],
  ],
  [
    'a traffic that nobody knows',
    { input: { couldShow: [{ ...wants('unknown'), isKnown: false }] } },
    [],
    ['POWER_UNKNOWN'],
  ],
  ['metrics that nobody can plan for', { input: { couldShow: [] } }, [], ['POWER_UNKNOWN']],
];
