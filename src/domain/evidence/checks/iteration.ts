import { canonicalJson } from '../../experiments/canonical-json.js';
import type { Variant } from '../../experiments/definition.js';
import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody } from '../remedies.js';
import { foldForMatching } from '../text.js';

/** An iteration inherits its reason; what it changes must be argued again. */
export function iterationUnargued({ parent, definition, rationale }: GateCase): Finding {
  const pointer = '/rationale/because/change';
  const changed = parent !== null && servedBy(definition.variants) !== servedBy(parent.variants);
  const sameReason =
    parent !== null &&
    foldForMatching(rationale.because?.change?.text ?? '') ===
      foldForMatching(parent.rationale.because?.change?.text ?? '');
  const isMet = !(changed && sameReason);
  return finding(isMet ? 'met' : 'unmet', {
    code: 'ITERATION_UNARGUED',
    pointer,
    expected: true,
    actual: isMet,
    subjects: isMet || parent === null ? [] : [parent.key],
    why: isMet
      ? metWhy(parent !== null, changed)
      : 'The variants differ from those of the experiment it iterates on, and the reason for the change is the same text.',
    remedies: [completeBody('rationale.because.change: why this change, after the last result')],
  });
}

function metWhy(iterates: boolean, changed: boolean): string {
  if (!iterates) return 'It does not iterate on another experiment.';
  return changed
    ? 'What changed since the last experiment is argued anew.'
    : 'It serves the same variants as the experiment it iterates on.';
}

/** What clients get; names and weights are no change of the idea. */
function servedBy(variants: readonly Variant[]): string {
  const served = variants
    .map(({ key, value }) => ({ key, value: value ?? key }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return canonicalJson(served);
}
