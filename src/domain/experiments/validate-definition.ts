import { type Condition, conditionFaults, CONDITIONS_MAX } from '../assignment/conditions.js';
import { weightsInBasisPoints } from '../assignment/weights.js';
import type { FieldError } from '../errors.js';
import { POPULATIONS } from '../evidence/dossier.js';
import { isKey } from '../key.js';
import type { Metric } from '../metrics/metric.js';
import { isCurrency } from '../money/currencies.js';
import { isAmountMinor } from '../money/ledger.js';
import { WAIT_FOR_MAX } from '../schedule/awaited-slot.js';
import {
  type Analysis,
  DIMENSIONS_MAX,
  type ExperimentDefinition,
  PLANNED_LOOKS_MAX,
  type Prior,
  type Variant,
} from './definition.js';

/** False positives of one in five are as loose as a test may be and still be called one. */
export const ALPHA_MAX = 0.2;

/**
 * What is wrong with an experiment's body whatever the evidence says: every fault at once, each
 * with a pointer into the body. The rationale is the create gate's matter, the cron expression the
 * schedule's.
 */
export function validateDefinition(
  definition: ExperimentDefinition,
  context: { metrics: readonly Metric[] },
): FieldError[] {
  return [
    ...(isKey(definition.key) ? [] : [fault('/key', 'invalid-key')]),
    ...variantFaults(definition.variants),
    ...valueFaults(definition.variants),
    ...audienceFaults(definition),
    ...conditionsFaults(definition.audience.conditions ?? []),
    ...exclusionFaults(definition),
    ...(isShare(definition.traffic) ? [] : [fault('/traffic', 'invalid-traffic')]),
    ...metricFaults(definition, new Map(context.metrics.map((metric) => [metric.key, metric]))),
    ...analysisFaults(definition.analysis),
    ...waitForFaults(definition.schedule?.waitFor ?? []),
  ];
}

function fault(pointer: string, code: string, detail?: string): FieldError {
  return detail === undefined ? { pointer, code } : { pointer, code, detail };
}

function isShare(value: number): boolean {
  return value > 0 && value <= 1;
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

function isWholePositive(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function variantFaults(variants: readonly Variant[]): FieldError[] {
  const faults: FieldError[] = [];
  if (variants.length < 2) {
    faults.push(fault('/variants', 'invalid-weights', 'A test compares at least two variants.'));
  }
  const controls = variants.filter(({ control }) => control === true);
  if (controls.length > 1) {
    faults.push(fault('/variants', 'control-not-unique', 'At most one variant is the control.'));
  }
  const weighted = variants.every(({ weight }) => isPositive(weight));
  const points =
    weighted && variants.length > 0
      ? weightsInBasisPoints(variants.map(({ weight }) => weight))
      : [];
  const seen = new Set<string>();
  for (const [index, { key, weight }] of variants.entries()) {
    const pointer = `/variants/${index}`;
    if (!isKey(key)) faults.push(fault(`${pointer}/key`, 'invalid-key'));
    if (seen.has(key)) faults.push(fault(`${pointer}/key`, 'duplicate-key'));
    seen.add(key);
    if (!isPositive(weight) || points[index] === 0) {
      const detail = 'A weight is positive and at least 0.01% of all weights.';
      faults.push(fault(`${pointer}/weight`, 'invalid-weights', detail));
    }
  }
  return faults;
}

/** Clients read a flag as one type; a variant without a value would fall back to its key, a string. */
function valueFaults(variants: readonly Variant[]): FieldError[] {
  const types = variants.map(({ value }) => jsonType(value));
  return types.flatMap((type, index) =>
    type === types[0]
      ? []
      : [
          fault(
            `/variants/${index}/value`,
            'value-type-mixed',
            `The first variant has ${types[0]}.`,
          ),
        ],
  );
}

function jsonType(value: unknown): string {
  if (value === undefined) return 'no value';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function audienceFaults({ kind, audience }: ExperimentDefinition): FieldError[] {
  const known: readonly string[] = POPULATIONS;
  const faults = audience.populations.flatMap((population, index) =>
    known.includes(population)
      ? []
      : [fault(`/audience/populations/${index}`, 'unknown-population')],
  );
  if (kind === 'ab' && audience.populations.length === 0) {
    faults.push(fault('/audience/populations', 'audience-missing', 'Say whom the change is for.'));
  }
  return faults;
}

function conditionsFaults(conditions: readonly Condition[]): FieldError[] {
  const pointer = '/audience/conditions';
  if (conditions.length > CONDITIONS_MAX) return [fault(pointer, 'too-many-conditions')];
  return conditions.flatMap((condition, index) =>
    conditionFaults(condition).map(({ member, code }) =>
      fault(`${pointer}/${index}/${member}`, code),
    ),
  );
}

/** Whoever assigns the units decides who comes in: a service that does not assign keeps nobody out. */
function exclusionFaults({ layer, audience, assignment }: ExperimentDefinition): FieldError[] {
  const faults = layer === undefined || isKey(layer) ? [] : [fault('/layer', 'invalid-key')];
  if (assignment === 'internal') return faults;
  const detail = 'Another system assigns the units, so it must keep them out.';
  if ((audience.conditions ?? []).length > 0) {
    faults.push(fault('/audience/conditions', 'not-with-external', detail));
  }
  if (layer !== undefined) faults.push(fault('/layer', 'not-with-external', detail));
  return faults;
}

interface MetricUse {
  pointer: string;
  key: string;
}

function metricFaults(
  { kind, metrics }: ExperimentDefinition,
  known: ReadonlyMap<string, Metric>,
): FieldError[] {
  const leading = { pointer: '/metrics/leading', key: metrics.leading };
  const deciding = { pointer: '/metrics/deciding', key: metrics.deciding };
  const guardrails = usesOf('/metrics/guardrails', metrics.guardrails);
  const uses = [
    leading,
    deciding,
    ...guardrails,
    ...usesOf('/metrics/secondary', metrics.secondary),
  ];

  const faults = uses
    .filter(({ key }) => !known.has(key))
    .map(({ pointer }) => fault(pointer, 'unknown-metric'));
  if ((known.get(deciding.key)?.kind ?? 'money') !== 'money') {
    faults.push(fault(deciding.pointer, 'deciding-not-money', 'Money decides.'));
  }
  for (const { pointer, key } of guardrails) {
    const metric = known.get(key);
    if (metric !== undefined && !isPositive(metric.margin?.value ?? 0)) {
      const detail = 'A guardrail says how much worse is still tolerable.';
      faults.push(fault(pointer, 'guardrail-without-margin', detail));
    }
  }
  // An A/A test decides nothing, so there the metric that moves first may be the money itself.
  const oneRole = kind === 'aa' ? uses.filter((use) => use !== leading) : uses;
  return [...faults, ...repeated(oneRole)];
}

function usesOf(pointer: string, keys: readonly string[]): MetricUse[] {
  return keys.map((key, index) => ({ pointer: `${pointer}/${index}`, key }));
}

function repeated(uses: readonly MetricUse[]): FieldError[] {
  return uses
    .filter(({ key }, index) => uses.findIndex((other) => other.key === key) < index)
    .map(({ pointer }) => fault(pointer, 'metric-in-two-roles'));
}

function analysisFaults(analysis: Analysis): FieldError[] {
  const { alpha, test, plannedDays, plannedUnits, plannedLooks } = analysis;
  const { cuped, prior, smallestEffectThatMatters } = analysis;
  const wrong: [boolean, string, string][] = [
    [!(alpha > 0 && alpha <= ALPHA_MAX), 'alpha', 'invalid-alpha'],
    [
      plannedDays !== undefined && !isWholePositive(plannedDays),
      'plannedDays',
      'invalid-planned-days',
    ],
    [
      plannedUnits !== undefined && !isWholePositive(plannedUnits),
      'plannedUnits',
      'invalid-planned-units',
    ],
    [
      plannedLooks !== undefined &&
        !(isWholePositive(plannedLooks) && plannedLooks <= PLANNED_LOOKS_MAX),
      'plannedLooks',
      'invalid-planned-looks',
    ],
    [test !== 'group_sequential' && (plannedLooks ?? 1) > 1, 'plannedLooks', 'one-look-only'],
    [
      test === 'group_sequential' && plannedUnits === undefined,
      'plannedUnits',
      'looks-need-planned-units',
    ],
    [analysis.futility === true && test !== 'group_sequential', 'futility', 'futility-needs-looks'],
    [cuped !== undefined && !isWholePositive(cuped.days), 'cuped/days', 'invalid-days'],
    [cuped !== undefined && analysis.stratifyBy !== undefined, 'stratifyBy', 'not-with-cuped'],
    [prior !== undefined && !isProper(prior), 'prior', 'invalid-prior'],
    [
      smallestEffectThatMatters !== undefined && !isPositive(smallestEffectThatMatters.value),
      'smallestEffectThatMatters/value',
      'invalid-smallest-effect',
    ],
  ];
  return [
    ...wrong.filter(([is]) => is).map(([, member, code]) => fault(`/analysis/${member}`, code)),
    ...dimensionFaults(analysis),
    ...lossCapFaults(analysis),
  ];
}

function dimensionFaults({ dimensions = [] }: Analysis): FieldError[] {
  const faults = dimensions.flatMap((attribute, index) =>
    dimensions.indexOf(attribute) < index
      ? [fault(`/analysis/dimensions/${index}`, 'duplicate-dimension')]
      : [],
  );
  return dimensions.length > DIMENSIONS_MAX
    ? [fault('/analysis/dimensions', 'too-many-dimensions'), ...faults]
    : faults;
}

function waitForFaults(feeds: readonly string[]): FieldError[] {
  const pointer = '/schedule/waitFor';
  if (feeds.length > WAIT_FOR_MAX) return [fault(pointer, 'too-many-feeds')];
  return feeds.flatMap((feed, index) => {
    if (!isKey(feed)) return [fault(`${pointer}/${index}`, 'invalid-key')];
    return feeds.indexOf(feed) < index ? [fault(`${pointer}/${index}`, 'duplicate-key')] : [];
  });
}

function isProper(prior: Prior): boolean {
  return prior.kind === 'beta'
    ? isPositive(prior.alpha) && isPositive(prior.beta)
    : Number.isFinite(prior.mean) && isPositive(prior.sd);
}

function lossCapFaults({ provisionalLossCap: cap }: Analysis): FieldError[] {
  if (cap === undefined) return [];
  const faults: FieldError[] = [];
  if (!isAmountMinor(cap.amountMinor) || cap.amountMinor <= 0) {
    faults.push(fault('/analysis/provisionalLossCap/amountMinor', 'invalid-amount'));
  }
  if (!isCurrency(cap.currency)) {
    faults.push(fault('/analysis/provisionalLossCap/currency', 'unknown-currency'));
  }
  return faults;
}
