import type { FieldError } from '../errors.js';
import { ALPHA_MAX } from '../experiments/validate-definition.js';
import { isRate } from '../metrics/metric.js';
import type { PowerQuestion } from './power-question.js';

/** What is wrong with a question beyond its shape: every fault, with a pointer into the body. */
export function validatePowerQuestion(question: PowerQuestion): FieldError[] {
  const { metric, baseline, analysis, power, weights, traffic, varianceReduction, margin } =
    question;
  const { alpha, plannedUnits } = analysis;
  const wrong: [boolean, string, string][] = [
    [!(alpha > 0 && alpha <= ALPHA_MAX), '/alpha', 'invalid-alpha'],
    [!(power > alpha && power < 1), '/power', 'invalid-power'],
    [!(traffic > 0 && traffic <= 1), '/traffic', 'invalid-traffic'],
    [weights.length < 2, '/weights', 'too-few-variants'],
    [!weights.every((weight) => weight > 0), '/weights', 'invalid-weight'],
    [!(varianceReduction >= 0 && varianceReduction < 1), '/varianceReduction', 'invalid-share'],
    [
      isRate(metric.kind) && !(baseline.mean > 0 && baseline.mean < 1),
      '/baseline/mean',
      'not-a-rate',
    ],
    [!(baseline.standardDeviation > 0), '/baseline/standardDeviation', 'no-variance'],
    [plannedUnits !== undefined && !(plannedUnits > 0), '/plannedUnits', 'invalid-planned-units'],
  ];
  return [
    ...wrong.filter(([is]) => is).map(([, pointer, code]) => ({ pointer, code })),
    ...marginFaults(question),
    ...question.effects.flatMap((size, index) => {
      const pointer = `/effects/${index}`;
      const isSize = margin === undefined ? size.value > 0 : size.value >= 0;
      if (!isSize) return [{ pointer: `${pointer}/value`, code: 'not-positive' }];
      return size.scale === 'relative' && baseline.mean === 0
        ? [{ pointer: `${pointer}/scale`, code: 'no-lift-on-zero' }]
        : [];
    }),
  ];
}

function marginFaults({ margin, metric, baseline }: PowerQuestion): FieldError[] {
  if (margin === undefined) return [];
  if (!(margin.value > 0)) return [{ pointer: '/margin/value', code: 'not-positive' }];
  if (margin.scale === 'absolute') return [];
  if (baseline.mean <= 0) return [{ pointer: '/margin/scale', code: 'no-lift-on-zero' }];
  return metric.direction === 'increase' && margin.value >= 1
    ? [{ pointer: '/margin/value', code: 'margin-too-large' }]
    : [];
}
