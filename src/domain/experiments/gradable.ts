import { POPULATIONS } from '../evidence/dossier.js';
import { PROFIT_KEY } from '../metrics/metric.js';
import type { ChosenMetrics, Variant } from './definition.js';
import { missingMembers, type PartialExperiment } from './partial-experiment.js';
import { chainMetricsOf } from './rationale-references.js';

/** What a gate can be asked about before a body is whole. */
export interface Gradable {
  /** The body with something neutral where a member is missing. */
  body: PartialExperiment & {
    key: string;
    name: string;
    variants: readonly Variant[];
    audience: { populations: readonly string[] };
    metrics: Partial<ChosenMetrics> & { leading: string };
  };
  /** Pointers of what is needed before the gate can really be asked. */
  missing: string[];
}

const TWO_VARIANTS: readonly Variant[] = [
  { key: 'control', name: 'As it is', weight: 1, control: true },
  { key: 'change', name: 'The change', weight: 1 },
];

/**
 * A half-empty body that a gate can read all the same, so that an idea learns early what its reason
 * lacks. Nothing in the placeholders is held against it: everybody is the audience, and the metric
 * that leads is the one the reason itself names.
 */
export function gradableFrom(body: PartialExperiment): Gradable {
  const missing = missingMembers(body);
  const { metrics = {}, rationale = {}, variants = [] } = body;
  const { leading, ...others } = metrics;
  const predicted = rationale.prediction?.metric ?? chainMetricsOf(rationale)[0] ?? PROFIT_KEY;
  if (body.variants?.length === 0) missing.push('/variants');
  if (leading === undefined && body.metrics !== undefined) missing.push('/metrics/leading');
  return {
    body: {
      ...body,
      key: body.key ?? 'idea',
      name: body.name ?? 'Idea',
      variants: variants.length === 0 ? TWO_VARIANTS : variants,
      audience: body.audience ?? { populations: POPULATIONS },
      metrics: { ...others, leading: leading ?? predicted },
    },
    missing,
  };
}

/** Faults that mean "not there yet" rather than "wrong", with the place where something belongs. */
const NOT_YET: ReadonlySet<string> = new Set(['unknown-metric']);

/** Parts faults into what is still to be made and what is wrong as it stands. */
export function sortFaults<F extends { pointer: string; code: string }>(
  faults: readonly F[],
  missing: readonly string[],
): { missing: string[]; wrong: F[] } {
  // What a placeholder brings about is no fault of the author.
  const own = faults.filter(
    ({ pointer }) => !missing.some((at) => pointer === at || pointer.startsWith(`${at}/`)),
  );
  const notYet = own.filter(({ code }) => NOT_YET.has(code)).map(({ pointer }) => pointer);
  return {
    missing: [...new Set([...missing, ...notYet])],
    wrong: own.filter(({ code }) => !NOT_YET.has(code)),
  };
}
