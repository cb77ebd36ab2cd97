import { finding, type Finding } from '../finding.js';
import type { GateCase } from '../gate-case.js';
import { recordInterview } from '../remedies.js';

/** Somebody asked the question the insight answers; otherwise its quotes came up by the way. */
export function notAsked({ citations, interviews, dossier }: GateCase): Finding {
  const questions = new Set(
    citations.insights.flatMap(({ insight: { questionId } }) =>
      questionId === null ? [] : [questionId],
    ),
  );
  const asking = new Set(
    dossier.studies
      .filter(({ questionId }) => questionId !== null && questions.has(questionId))
      .map(({ id }) => id),
  );
  const asked = interviews.filter(
    ({ askedTurns, studyId }) => askedTurns > 0 && studyId !== null && asking.has(studyId),
  );
  const isMet = asked.length > 0;
  return finding(isMet ? 'met' : 'warning', {
    code: 'NOT_ASKED',
    pointer: '/rationale/insightIds',
    expected: 1,
    actual: asked.length,
    subjects: isMet ? [] : [...questions],
    why: isMet
      ? 'People were asked the question that the insight answers.'
      : 'No cited interview asked the question that the insight answers: what was said may have come up by the way.',
    remedies: [
      recordInterview(
        'an interview in a study with the questionId of the insight, and its questions',
      ),
    ],
  });
}
