import { BECAUSE_PARTS, type BecausePart } from '../../experiments/definition.js';
import type { CreateGateCode } from '../create-gate-codes.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { addQuote, attachEvidence, recordInterview } from '../remedies.js';
import type { Testimony, TestimonyFault } from '../testimony.js';
import { QUOTE_WORDS_MIN } from '../text.js';

/** Every cited quote stands word for word where it says it does. */
export function quoteNotFound(gate: GateCase): Finding {
  return quotesWithout(gate, 'QUOTE_NOT_FOUND', {
    bad: (count) =>
      `${countOf(count, 'cited quote is', 'cited quotes are')} not in the transcript word for word at the stored place.`,
    good: 'Every cited quote stands in its transcript word for word.',
  });
}

/** The words are the participant's, not the interviewer's or another person's. */
export function quoteNotParticipant(gate: GateCase): Finding {
  return quotesWithout(gate, 'QUOTE_NOT_PARTICIPANT', {
    bad: (count) =>
      `${countOf(count, 'cited quote was', 'cited quotes were')} said by the interviewer or by somebody else than the person named.`,
    good: 'Every cited quote was said by the participant it names.',
  });
}

function quotesWithout(
  gate: GateCase,
  code: CreateGateCode & TestimonyFault,
  sentences: { bad: (count: number) => string; good: string },
): Finding {
  const quotes = gate.testimonies.filter(({ isQuote }) => isQuote);
  const bad = quotes.filter(({ faults }) => faults.has(code));
  const isMet = bad.length === 0;
  const interviews = new Set(bad.map(({ interview }) => interview?.id));
  return finding(isMet ? 'met' : 'unmet', {
    code,
    pointer: bad[0]?.pointer ?? '/rationale',
    expected: quotes.length,
    actual: quotes.length - bad.length,
    subjects: bad.map(({ id }) => id),
    why: whyOf(quotes.length, bad.length, sentences),
    remedies: [...interviews].map((id) =>
      addQuote(id, 'turn, start, end (or text) of what the participant said; then cite that quote'),
    ),
  });
}

function whyOf(
  cited: number,
  bad: number,
  sentences: { bad: (count: number) => string; good: string },
): string {
  if (cited === 0) return 'No quote is cited, so there was nothing to check.';
  return bad === 0 ? sentences.good : sentences.bad(bad);
}

/**
 * A short quote does not count; it blocks only where nothing longer stands beside it: in a part of
 * the because, or among all the support.
 */
export function quoteTooShort(gate: GateCase): Finding {
  const isShort = ({ faults }: Testimony) => faults.has('QUOTE_TOO_SHORT');
  const quotes = gate.testimonies.filter(({ isQuote }) => isQuote);
  const short = quotes.filter(isShort);
  const supporting = quotes.filter(({ supports }) => supports);
  const part = BECAUSE_PARTS.find((name) => restsOnShort(gate, name, short));
  const nothingLonger = supporting.length > 0 && supporting.every(isShort);
  const blocks = part !== undefined || nothingLonger;
  const state = blocks ? 'unmet' : short.length > 0 ? 'warning' : 'met';
  const shortOnes = countOf(short.length, 'cited quote is', 'cited quotes are');
  const sentences = {
    unmet: `${shortOnes} shorter than ${QUOTE_WORDS_MIN} words, and nothing longer stands beside: so few words could be anybody's.`,
    warning: `${shortOnes} shorter than ${QUOTE_WORDS_MIN} words and not counted.`,
    met: whyOf(quotes.length, 0, { bad: String, good: 'Every cited quote is long enough.' }),
  };
  const interviews = new Set(short.map(({ interview }) => interview?.id));
  return finding(state, {
    code: 'QUOTE_TOO_SHORT',
    pointer:
      part === undefined ? (short[0]?.pointer ?? '/rationale') : `/rationale/because/${part}`,
    expected: quotes.length,
    actual: quotes.length - short.length,
    subjects: short.map(({ id }) => id),
    why: sentences[state],
    remedies: [...interviews].map((id) =>
      addQuote(id, `a longer span of at least ${QUOTE_WORDS_MIN} words; then cite that quote`),
    ),
  });
}

function restsOnShort(gate: GateCase, part: BecausePart, short: readonly Testimony[]): boolean {
  const existing = (gate.rationale.because?.[part]?.quoteIds ?? []).filter((id) =>
    gate.dossier.quotes.some((quote) => quote.id === id),
  );
  return existing.length > 0 && existing.every((id) => short.some((quote) => quote.id === id));
}

/** Nothing that a model made up is passed off as somebody's words. */
export function syntheticCited(gate: GateCase): Finding {
  const synthetic = gate.testimonies.filter(({ faults }) => faults.has('SYNTHETIC_CITED'));
  const written = gate.interviews.filter(({ producedBy }) => producedBy === 'ai');
  const isMet = synthetic.length === 0;
  const isDoubted = isMet && written.length > 0;
  const first = synthetic[0];
  const insightId = gate.citations.insights.find(({ insight }) =>
    insight.entries.some((entry) => entry.quoteId === first?.id),
  )?.insight.id;
  return finding(isDoubted ? 'warning' : isMet ? 'met' : 'unmet', {
    code: 'SYNTHETIC_CITED',
    pointer: first?.pointer ?? '/rationale',
    expected: 0,
    actual: synthetic.length,
    subjects: isDoubted ? written.map(({ id }) => id) : synthetic.map(({ id }) => id),
    why: isMet
      ? unsyntheticWhy(written.length)
      : `${countOf(synthetic.length, 'cited item comes', 'cited items come')} from a synthetic participant: a model cannot say what people lived through.`,
    remedies: [
      attachEvidence(insightId, 'the quoteId with disposition: excluded and a reason'),
      recordInterview('a real person of the audience, in place of the synthetic one'),
    ],
  });
}

function unsyntheticWhy(written: number): string {
  if (written === 0) return 'Nothing cited comes from a synthetic participant.';
  return `The words of ${countOf(written, 'cited interview')} were written down by a model alone: nobody has compared them with what was said.`;
}
