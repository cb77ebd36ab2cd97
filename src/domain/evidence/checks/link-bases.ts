import type { ChainLink, LinkBasis } from '../../experiments/definition.js';
import type { CreateGateCode } from '../create-gate-codes.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody } from '../remedies.js';

/** Bases that describe numbers and show no cause. */
const NON_CAUSAL: readonly LinkBasis[] = ['correlation', 'identity'];

/** Two numbers that move together may both follow a third. */
export function correlationOnlyLink(gate: GateCase): Finding {
  return linksOn(gate, 'correlation', 'CORRELATION_ONLY_LINK', {
    bad: 'on correlation alone: both numbers may follow a third',
    good: 'No link rests on correlation alone.',
  });
}

/** Profit is revenue less expenses by definition; moving one does not leave the other alone. */
export function identityIsNotCause(gate: GateCase): Finding {
  return linksOn(gate, 'identity', 'IDENTITY_IS_NOT_CAUSE', {
    bad: 'on a definition: an equation says what is counted, not what follows',
    good: 'No link takes a definition for a cause.',
  });
}

/** Warns; in `rigorous` two non-causal links in a row block, since nothing there would show a cause. */
function linksOn(
  { rationale, policy }: GateCase,
  basis: LinkBasis,
  code: CreateGateCode,
  sentences: { bad: string; good: string },
): Finding {
  const chain = rationale.chain ?? [];
  const resting = chain.filter((link) => link.basis === basis);
  const inRow = resting.filter((link) => hasNeighbour(link, chain));
  const blocks = policy.profile === 'rigorous' && inRow.length > 0;
  const state = blocks ? 'unmet' : resting.length > 0 ? 'warning' : 'met';
  const [first] = blocks ? inRow : resting;
  const many = countOf(resting.length, 'link rests', 'links rest');
  const row = blocks ? ', and the link before or after shows no cause either' : '';
  return finding(state, {
    code,
    pointer: first === undefined ? '/rationale/chain' : `/rationale/chain/${chain.indexOf(first)}`,
    expected: 0,
    actual: resting.length,
    subjects: resting.map(({ to }) => to),
    why: state === 'met' ? sentences.good : `${many} ${sentences.bad}${row}.`,
    remedies: [
      completeBody('rationale.chain: a link with basis interview or experiment, and its support'),
    ],
  });
}

function hasNeighbour(link: ChainLink, chain: readonly ChainLink[]): boolean {
  return chain.some(
    (other) =>
      other !== link &&
      NON_CAUSAL.includes(other.basis) &&
      (other.from === link.to || other.to === link.from),
  );
}
