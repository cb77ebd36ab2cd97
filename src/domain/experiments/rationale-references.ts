import { BECAUSE_PARTS, type Rationale } from './definition.js';

/** What a rationale names: whose words, and which places on the way to the money. */

/** Every quote a rationale names, each once, in the order of the body. */
export function quoteIdsOf(rationale: Rationale): string[] {
  const { because, chain, otherExplanations } = rationale;
  return [
    ...new Set([
      ...BECAUSE_PARTS.flatMap((part) => because?.[part]?.quoteIds ?? []),
      // What supports a link may be an earlier experiment; the dossier knows no quote of that id.
      ...(chain ?? []).flatMap(({ support }) => support ?? []),
      ...(otherExplanations ?? []).flatMap(({ tests }) =>
        (tests ?? []).flatMap(({ quoteIds }) => quoteIds ?? []),
      ),
    ]),
  ];
}

/** The places on the way from the change to the money, without the change itself. */
export function chainNodesOf(rationale: Rationale): string[] {
  const nodes = (rationale.chain ?? []).flatMap(({ from, to }) => [from, to]);
  return [...new Set(nodes)].filter((node) => node !== 'change');
}

const METRIC_NODE = 'metric:';

/** Keys of the metrics on the way, in order. */
export function chainMetricsOf(rationale: Rationale): string[] {
  return chainNodesOf(rationale)
    .filter((node) => node.startsWith(METRIC_NODE))
    .map((node) => node.slice(METRIC_NODE.length));
}
