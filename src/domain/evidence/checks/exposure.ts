import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** People who have seen the change explain what they saw, not why they need it. */
export function taintedByExposure({ testimonies }: GateCase): Finding {
  const tainted = testimonies.filter(({ faults }) => faults.has('TAINTED_BY_EXPOSURE'));
  const interviews = new Set(tainted.map(({ interview }) => interview?.id ?? ''));
  const isMet = tainted.length === 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'TAINTED_BY_EXPOSURE',
    pointer: tainted[0]?.pointer ?? '/rationale',
    expected: 0,
    actual: interviews.size,
    subjects: [...interviews],
    why: isMet
      ? 'Nobody cited had met this experiment or one it continues.'
      : `${countOf(interviews.size, 'cited interview is', 'cited interviews are')} with people who had met a variant of this experiment or of one it continues: they explain the change, not the need.`,
    remedies: [recordInterview('a person who has not met the change')],
  });
}
