import {
  BECAUSE_PARTS,
  type BecauseClause,
  type BecausePart,
} from '../../experiments/definition.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { completeBody, writeInsight } from '../remedies.js';

/** More than one guess and the because is no longer what people said. */
const ASSUMPTIONS_MAX = 1;

/** There is a reason, and it rests on insights that exist. */
export function rationaleMissing(gate: GateCase): Finding {
  const { insights, unknownInsights } = gate.citations;
  const isMet = insights.length > 0 && unknownInsights.length === 0;
  const first = unknownInsights[0];
  return finding(isMet ? 'met' : 'unmet', {
    code: 'RATIONALE_MISSING',
    pointer: first?.pointer ?? rationalePointer(gate),
    expected: Math.max(1, insights.length + unknownInsights.length),
    actual: insights.length,
    subjects: unknownInsights.map(({ id }) => id),
    why: rationaleWhy(gate),
    remedies: [writeInsight(), completeBody('rationale.insightIds with insights that exist')],
  });
}

function rationalePointer(gate: GateCase): string {
  return gate.definition.rationale === undefined ? '/rationale' : '/rationale/insightIds';
}

function rationaleWhy({ definition, citations }: GateCase): string {
  const unknown = citations.unknownInsights.length;
  if (definition.rationale === undefined)
    return 'The experiment says nothing about why it should work.';
  if (unknown > 0) {
    return `${countOf(unknown, 'cited insight does', 'cited insights do')} not exist in this project.`;
  }
  if (citations.insights.length === 0) return 'The rationale cites no insight.';
  return `The rationale cites ${countOf(citations.insights.length, 'insight')}.`;
}

/** Each part of the because says something and names who said it; one part may be a guess. */
export function mechanismIncomplete(gate: GateCase): Finding {
  const faults = BECAUSE_PARTS.map((part) => ({ part, fault: clauseFault(gate, part) }));
  const assumed = BECAUSE_PARTS.filter((part) => isAssumed(gate.rationale.because?.[part]));
  const spare = assumed.slice(ASSUMPTIONS_MAX);
  const broken = faults.filter(({ part, fault }) => fault !== null || spare.includes(part));
  const isMet = broken.length === 0;
  const missing = broken.map(
    ({ part, fault }) => `${part} (${fault ?? 'one assumption too many'})`,
  );
  const first = broken[0]?.part;
  return finding(isMet ? 'met' : 'unmet', {
    code: 'MECHANISM_INCOMPLETE',
    pointer: first === undefined ? '/rationale/because' : `/rationale/because/${first}`,
    expected: BECAUSE_PARTS.length,
    actual: BECAUSE_PARTS.length - broken.length,
    subjects: broken.map(({ part }) => part),
    why: isMet
      ? 'Every part of the because is argued.'
      : `The because does not hold together yet: ${missing.join(', ')}.`,
    remedies: [
      completeBody(
        `${broken.map(({ part }) => `rationale.because.${part}`).join(', ')}: text with quoteIds; at most ${countOf(ASSUMPTIONS_MAX, 'part')} with assumption: true`,
      ),
    ],
  });
}

function clauseFault({ rationale, dossier }: GateCase, part: BecausePart): string | null {
  const clause = rationale.because?.[part];
  if (clause === undefined || clause.text.trim() === '') return 'no text';
  if (isAssumed(clause)) return null;
  const cites = (clause.quoteIds ?? []).some((id) => dossier.quotes.some((one) => one.id === id));
  return cites ? null : 'no quote';
}

function isAssumed(clause: BecauseClause | undefined): boolean {
  return clause?.assumption === true;
}

/** Who gains and who may lose is answered, even when the answer is nobody. */
export function experienceMissing({ rationale }: GateCase): Finding {
  const missing = (['betterOff', 'worseOff'] as const).filter(
    (side) => (rationale.experience?.[side] ?? '').trim() === '',
  );
  const isMet = missing.length === 0;
  const [only] = missing.length === 1 ? missing : [];
  return finding(isMet ? 'met' : 'unmet', {
    code: 'EXPERIENCE_MISSING',
    pointer: only === undefined ? '/rationale/experience' : `/rationale/experience/${only}`,
    expected: 2,
    actual: 2 - missing.length,
    subjects: missing,
    why: isMet
      ? 'It says who will be better off and who may be worse off.'
      : 'A number can rise while people are worse off: say who gains and who may lose (or why nobody).',
    remedies: [completeBody(missing.map((side) => `rationale.experience.${side}`).join(' and '))],
  });
}
