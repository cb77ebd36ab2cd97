import { chainFaults } from '../chain-faults.js';
import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody } from '../remedies.js';

/** The way from the change, through what people experience, to money is spelled out. */
export function chainBroken({ rationale, definition, metrics }: GateCase): Finding {
  const faults = chainFaults(rationale.chain ?? [], definition.metrics.leading, metrics);
  const isMet = faults.length === 0;
  const link = faults.find((fault) => fault.link !== null)?.link;
  const sentences = [...new Set(faults.map(({ fault }) => fault))];
  return finding(isMet ? 'met' : 'unmet', {
    code: 'CHAIN_BROKEN',
    pointer: link === undefined ? '/rationale/chain' : `/rationale/chain/${link}`,
    expected: 0,
    actual: faults.length,
    subjects: faults.flatMap(({ node }) => (node === null ? [] : [node])),
    why: isMet
      ? 'The chain leads from the change through an experience to money.'
      : `The way from the change to money is broken: ${sentences.join('; ')}.`,
    remedies: [
      completeBody(
        'rationale.chain: links from change to experience:NAME, through the leading metric, to a money metric; each with sign, lagDays and basis',
      ),
    ],
  });
}
