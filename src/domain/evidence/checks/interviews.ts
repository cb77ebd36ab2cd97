import type { DossierInterview } from '../dossier.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import type { Remedy } from '../gate-report.js';
import { addTranscript, recordInterview } from '../remedies.js';

const DAY_MS = 86_400_000;

/** People spoke first, the experiment came second: otherwise the reason was found afterwards. */
export function sessionNotBefore(gate: GateCase): Finding {
  const { cited, bad, pointer } = interviewsWith(gate, 'SESSION_NOT_BEFORE');
  const isMet = bad.length === 0;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'SESSION_NOT_BEFORE',
    pointer,
    expected: cited.length,
    actual: cited.length - bad.length,
    subjects: bad.map(({ id }) => id),
    why: isMet
      ? 'Every cited interview had ended and reached the server before this check.'
      : `${countOf(bad.length, 'cited interview has', 'cited interviews have')} not ended, or did not reach the server after the end and before this check.`,
    remedies: bad.map((interview) => orderRemedy(interview, gate.now)),
  });
}

function orderRemedy(interview: DossierInterview, now: Date): Remedy {
  if (interview.ingestedAt === null && interview.endedAt <= now) return addTranscript(interview.id);
  return recordInterview('an interview that has ended, with its true startedAt and endedAt');
}

/** What people said is recent enough to speak for the people the experiment will meet. */
export function stale(gate: GateCase): Finding {
  const { cited, bad, pointer } = interviewsWith(gate, 'STALE');
  const isMet = bad.length === 0;
  const { ageDays } = gate.policy;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'STALE',
    pointer,
    expected: ageDays,
    actual: oldestDays(cited, gate.now),
    subjects: bad.map(({ id }) => id),
    why: isMet
      ? `No cited interview is older than ${ageDays} days.`
      : `${countOf(bad.length, 'cited interview is', 'cited interviews are')} older than ${ageDays} days: people's situation may have changed since.`,
    remedies: [
      recordInterview('a person of the audience, asked recently; then cite what they say'),
    ],
  });
}

/** Age of the oldest in days, rounded up so that it compares with the limit; null without any. */
function oldestDays(interviews: readonly DossierInterview[], now: Date): number | null {
  if (interviews.length === 0) return null;
  const ages = interviews.map(({ endedAt }) => now.getTime() - endedAt.getTime());
  return Math.ceil(Math.max(...ages) / DAY_MS);
}

function interviewsWith(
  gate: GateCase,
  fault: 'SESSION_NOT_BEFORE' | 'STALE',
): { cited: DossierInterview[]; bad: DossierInterview[]; pointer: string } {
  const cited = new Set<DossierInterview>();
  const bad = new Set<DossierInterview>();
  let pointer: string | undefined;
  for (const testimony of gate.testimonies) {
    if (testimony.interview === null) continue;
    cited.add(testimony.interview);
    if (!testimony.faults.has(fault)) continue;
    bad.add(testimony.interview);
    pointer ??= testimony.pointer;
  }
  return { cited: [...cited], bad: [...bad], pointer: pointer ?? '/rationale' };
}
