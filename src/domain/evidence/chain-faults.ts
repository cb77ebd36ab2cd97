import { LINK_BASES, SIGNS, type ChainLink } from '../experiments/definition.js';
import type { Metric } from '../metrics/metric.js';

/** What is wrong with a chain from the change to the money, and where. */
export interface ChainFault {
  /** Index of the link, or null when the chain as a whole is meant. */
  link: number | null;
  node: string | null;
  fault: string;
}

const CHANGE = 'change';
const EXPERIENCE = /^experience:\S.*$/u;
const METRIC = /^metric:(\S+)$/u;

/**
 * A sound chain is acyclic, starts at the change and nowhere else, goes through an experience before
 * any metric, contains the leading metric, and ends in money only. Each link says its sign, its lag
 * and what it rests on; what the change does to people rests on interviews.
 */
export function chainFaults(
  chain: readonly ChainLink[],
  leading: string,
  metrics: readonly Pick<Metric, 'key' | 'kind'>[],
): ChainFault[] {
  if (chain.length === 0) return [{ link: null, node: null, fault: 'there is no chain' }];
  const kinds = new Map(metrics.map(({ key, kind }) => [key, kind]));
  return [
    ...chain.flatMap((link, index) => linkFaults(link, index)),
    ...nodesOf(chain).flatMap((node) => nodeFault(node, kinds)),
    ...shapeFaults(chain, leading, kinds),
  ];
}

function linkFaults(link: ChainLink, index: number): ChainFault[] {
  const faults: ChainFault[] = [];
  const add = (node: string | null, fault: string) => faults.push({ link: index, node, fault });
  if (!SIGNS.includes(link.sign)) add(null, 'a link has no sign');
  if (!Number.isFinite(link.lagDays) || link.lagDays < 0) add(null, 'a link has no lag in days');
  if (!LINK_BASES.includes(link.basis)) add(null, 'a link does not say what it rests on');
  if (link.to === CHANGE) add(CHANGE, 'something leads to the change');
  if (link.from !== CHANGE) return faults;
  if (!EXPERIENCE.test(link.to)) add(link.to, 'the change does not lead to an experience first');
  if (link.basis !== 'interview') add(link.to, 'the first link does not rest on interviews');
  return faults;
}

function nodeFault(node: string, kinds: ReadonlyMap<string, string>): ChainFault[] {
  const key = METRIC.exec(node)?.[1];
  if (key !== undefined && !kinds.has(key)) {
    return [{ link: null, node, fault: 'a metric of the chain does not exist' }];
  }
  const isTyped = node === CHANGE || key !== undefined || EXPERIENCE.test(node);
  if (isTyped) return [];
  return [{ link: null, node, fault: 'a node is not change, experience:NAME or metric:KEY' }];
}

function shapeFaults(
  chain: readonly ChainLink[],
  leading: string,
  kinds: ReadonlyMap<string, string>,
): ChainFault[] {
  const faults: ChainFault[] = [];
  const add = (node: string | null, fault: string) => faults.push({ link: null, node, fault });
  const nodes = nodesOf(chain);
  const reached = new Set(chain.map((link) => link.to));
  const leaving = new Set(chain.map((link) => link.from));
  if (!nodes.includes(CHANGE)) add(CHANGE, 'the chain does not start at the change');
  for (const node of nodes) {
    if (node !== CHANGE && !reached.has(node))
      add(node, 'something other than the change starts it');
    const key = METRIC.exec(node)?.[1];
    if (leaving.has(node) || (key !== undefined && kinds.get(key) === 'money')) continue;
    add(node, 'an end of the chain is not a money metric');
  }
  if (!nodes.includes(`metric:${leading}`)) {
    add(`metric:${leading}`, 'the leading metric is not on the chain');
  }
  const inCycle = nodeInCycle(chain);
  if (inCycle !== null) add(inCycle, 'the chain goes in a circle');
  return faults;
}

function nodesOf(chain: readonly ChainLink[]): string[] {
  return [...new Set(chain.flatMap((link) => [link.from, link.to]))];
}

/** Takes away, again and again, what nothing leads to; what stays hangs on a circle. */
function nodeInCycle(chain: readonly ChainLink[]): string | null {
  let links = chain;
  for (;;) {
    const reached = new Set(links.map((link) => link.to));
    const rest = links.filter((link) => reached.has(link.from));
    if (rest.length === 0) return null;
    if (rest.length === links.length) return rest[0]?.from ?? null;
    links = rest;
  }
}
