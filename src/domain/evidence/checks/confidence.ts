import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { CONFIDENCE_LABELS } from '../policies.js';
import { recordInterview } from '../remedies.js';

/** How far the evidence carries is shown; it warns and blocks nothing. */
export function confidenceBelowPolicy({ policy, strength }: GateCase): Finding {
  const { label, components } = strength;
  const isMet = CONFIDENCE_LABELS.indexOf(label) >= CONFIDENCE_LABELS.indexOf(policy.confidence);
  const concerns = components.filter(({ rating }) => rating === 'serious' || rating === 'moderate');
  const names = concerns.map(({ component }) => component.replaceAll('_', ' '));
  return finding(isMet ? 'met' : 'warning', {
    code: 'CONFIDENCE_BELOW_POLICY',
    pointer: '/rationale/insightIds',
    expected: policy.confidence,
    actual: label,
    subjects: concerns.map(({ component }) => component),
    why: isMet
      ? `The evidence is of ${label.replace('_', ' ')} strength, and ${policy.confidence.replace('_', ' ')} is asked for.`
      : `The evidence is of ${label.replace('_', ' ')} strength where ${policy.confidence.replace('_', ' ')} is asked for: ${names.join(', ') || 'a floor is not reached'}.`,
    remedies: [recordInterview('what the weakest component lacks: see confidence in this report')],
  });
}
