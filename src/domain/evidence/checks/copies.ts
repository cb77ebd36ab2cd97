import { finding, type Finding } from '../finding.js';
import type { GateCase, OtherRationale } from '../gate-case.js';
import { COPIED_REFUSE, COPIED_WARN } from '../measures/likeness.js';
import { likenessOfReasons, rationaleText } from '../rationale-text.js';
import { completeBody } from '../remedies.js';

interface Likeness {
  other: OtherRationale;
  likeness: number;
}

/**
 * The reason was thought through for this test. One that is repeated on purpose (the same line of
 * experiments, or a declared replication) may say the same, and that is shown.
 */
export function copiedRationale({ rationale, others, parent }: GateCase): Finding {
  const own = rationaleText(rationale);
  const alike = others
    .map((other): Likeness => ({ other, likeness: likenessOfReasons(own, other.text) ?? 0 }))
    .toSorted((one, another) => another.likeness - one.likeness);
  const allowed = new Set([...(parent?.lineage ?? []), rationale.replicationOf]);
  const strange = alike.filter(({ other }) => !allowed.has(other.key));
  const refused = strange.filter(({ likeness }) => likeness >= COPIED_REFUSE);
  const shown = alike.filter(({ likeness }) => likeness >= COPIED_WARN);
  const state = refused.length > 0 ? 'unmet' : shown.length > 0 ? 'warning' : 'met';
  const named = state === 'unmet' ? refused : shown;
  const first = named[0];
  return finding(state, {
    code: 'COPIED_RATIONALE',
    pointer: '/rationale',
    expected: COPIED_REFUSE,
    actual: first === undefined ? 0 : rounded(first.likeness),
    subjects: named.map(({ other }) => other.key),
    why: whyOf(state, first, first !== undefined && allowed.has(first.other.key)),
    remedies: [
      completeBody(
        'rationale.because in words of its own, or rationale.replicationOf: the key of the experiment it repeats',
      ),
    ],
  });
}

function whyOf(state: Finding['state'], first: Likeness | undefined, isAllowed: boolean): string {
  if (first === undefined) return 'No other reason of the project reads like this one.';
  const share = `${Math.round(first.likeness * 100)}%`;
  const key = first.other.key;
  if (isAllowed && state === 'warning') {
    return `The reason shares ${share} of its word pairs with ${key}, which it continues or repeats on purpose.`;
  }
  return state === 'unmet'
    ? `The reason shares ${share} of its word pairs with that of ${key}: it was copied, not thought through for this test.`
    : `The reason shares ${share} of its word pairs with that of ${key}.`;
}

/** Enough digits to compare with the limit, and not the noise behind them; never up to the limit. */
function rounded(likeness: number): number {
  return Math.floor(likeness * 1000) / 1000;
}
