import type { ChainLink } from '../../experiments/definition.js';
import type { LearningOutcome } from '../../verdict/learning/outcome.js';
import { countOf, finding, type Finding } from '../finding.js';
import type { CitedExperiment, GateCase } from '../gate-case.js';
import type { Remedy } from '../gate-report.js';
import { askPeopleWhoMetIt, completeBody, showExperiment } from '../remedies.js';

/** A link that names an experiment says that this experiment has shown it. */
interface Citation {
  pointer: string;
  /** As the link names it; null where it names none. */
  name: string | null;
  experiment: CitedExperiment | null;
}

/** What a test of the same thing cannot be built on: it won for another reason, or did not win. */
const NO_EVIDENCE: readonly LearningOutcome[] = ['lucky_win', 'refuted'];

/**
 * A win for another reason may ship. As evidence it would carry a reason that nobody has shown, and
 * the next test would inherit it.
 */
export function luckyWinCited(gate: GateCase): Finding {
  const citations = citationsIn(gate);
  const faulty = citations.flatMap((citation) => {
    const fault = faultOf(citation);
    return fault === null ? [] : [{ ...citation, fault }];
  });
  const unclear = citations.filter(({ experiment }) => isUnclear(experiment));
  const [first] = faulty.length > 0 ? faulty : unclear;
  const state = faulty.length > 0 ? 'unmet' : unclear.length > 0 ? 'warning' : 'met';
  return finding(state, {
    code: 'LUCKY_WIN_CITED',
    pointer: first?.pointer ?? '/rationale/chain',
    expected: 0,
    actual: faulty.length,
    subjects: (faulty.length > 0 ? faulty : unclear).flatMap(({ name }) => name ?? []),
    why: faulty[0] === undefined ? calmSentence(unclear) : faultySentence(faulty),
    remedies: (faulty.length > 0 ? faulty : unclear).flatMap(remediesFor),
  });
}

function calmSentence(unclear: readonly Citation[]): string {
  if (unclear.length === 0) return 'No link rests on an experiment that cannot carry it.';
  return `${countOf(unclear.length, 'cited experiment has', 'cited experiments have')} an effect that nobody has explained: it is not known whether the reason held.`;
}

function faultySentence(faulty: readonly { name: string | null; fault: string }[]): string {
  const many = countOf(faulty.length, 'link rests', 'links rest');
  const each = faulty.map(({ name, fault }) => (name === null ? fault : `${name} ${fault}`));
  return `${many} on an experiment that is no evidence: ${[...new Set(each)].join('; ')}.`;
}

function citationsIn({ rationale, dossier, citedExperiments }: GateCase): Citation[] {
  const quotes = new Set(dossier.quotes.map(({ id }) => id));
  return (rationale.chain ?? []).flatMap((link, index): Citation[] => {
    if (link.basis !== 'experiment') return [];
    const pointer = `/rationale/chain/${index}/support`;
    const names = namesIn(link).filter((name) => !quotes.has(name.toLowerCase()));
    if (names.length === 0) return [{ pointer, name: null, experiment: null }];
    return names.map((name) => ({
      pointer,
      name,
      experiment:
        citedExperiments.find(({ id, key }) => key === name || id === name.toLowerCase()) ?? null,
    }));
  });
}

function namesIn({ support }: ChainLink): readonly string[] {
  return (support ?? []).filter((name) => name.trim() !== '');
}

function faultOf({ name, experiment }: Citation): string | null {
  if (name === null) return 'no experiment is named';
  if (experiment === null) return 'is no experiment of the project';
  if (!experiment.decided) return 'is not decided';
  const { outcomes } = experiment;
  if (outcomes.length === 0 || !outcomes.every((outcome) => NO_EVIDENCE.includes(outcome))) {
    return null;
  }
  return outcomes.includes('lucky_win')
    ? 'won for another reason than the one it was launched for'
    : 'did not win, and its reason was wrong';
}

function isUnclear(experiment: CitedExperiment | null): boolean {
  return (
    experiment?.decided === true &&
    experiment.outcomes.every((outcome) => outcome === 'open' || NO_EVIDENCE.includes(outcome))
  );
}

function remediesFor({ experiment }: Citation): Remedy[] {
  const another = completeBody(
    'rationale.chain: a link that rests on interviews, or says assumption',
  );
  if (experiment === null) return [another];
  if (!experiment.decided) return [showExperiment(experiment.key), another];
  return [askPeopleWhoMetIt(experiment.key), another];
}
