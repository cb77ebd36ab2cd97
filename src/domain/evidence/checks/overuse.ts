import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** From so many other reasons on, a quote has become a slogan. */
const USES_WARN = 3;

/**
 * The same words do not carry every idea of the project, unless half of the people are heard for the
 * first time. Experiments of the same line share their words by right.
 */
export function evidenceOverused(gate: GateCase): Finding {
  const { others, people, personOf, parent, rationale } = gate;
  const line = new Set([...(parent?.lineage ?? []), rationale.replicationOf]);
  const strangers = others.filter(({ key }) => !line.has(key));
  const usesOf = (id: string) => strangers.filter(({ quoteIds }) => quoteIds.includes(id)).length;
  const quotes = people.testimonies.filter(({ isQuote }) => isQuote);
  const overused = quotes.filter(({ id }) => usesOf(id) >= USES_WARN);
  const known = new Set(
    quotes.filter(({ id }) => usesOf(id) > 0).map((one) => personOf(one.participantId ?? '')),
  );
  const everybody = new Set([...people.direct, ...people.written]);
  const fresh = [...everybody].filter((id) => !known.has(id)).length;
  const isMet = overused.length === 0 || fresh * 2 >= everybody.size;
  return finding(isMet ? 'met' : 'warning', {
    code: 'EVIDENCE_OVERUSED',
    pointer: overused[0]?.pointer ?? '/rationale/insightIds',
    expected: USES_WARN - 1,
    actual: Math.max(0, ...quotes.map(({ id }) => usesOf(id))),
    subjects: isMet ? [] : overused.map(({ id }) => id),
    why: isMet
      ? 'The evidence is not worn out by other experiments.'
      : `${countOf(overused.length, 'counted quote already carries', 'counted quotes already carry')} ${USES_WARN} other experiments or more, and fewer than half of the people are new.`,
    remedies: [recordInterview('a person of the audience who was not cited before')],
  });
}
