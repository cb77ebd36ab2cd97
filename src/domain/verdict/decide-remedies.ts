import type { Remedy } from '../evidence/gate-report.js';

/** The requests a refused decision points at. */

export function evaluateNow(experimentKey: string): Remedy {
  return {
    action: 'Evaluate again',
    method: 'POST',
    path: `/v1/experiments/${encodeURIComponent(experimentKey)}/evaluations`,
    needs: 'nothing; the verdict follows from the data by then',
  };
}

/** The same decision once more, with what was missing in its body. */
export function decideAgain(experimentKey: string, action: string, needs: string): Remedy {
  const path = `/v1/experiments/${encodeURIComponent(experimentKey)}/decide`;
  return { action, method: 'POST', path, needs };
}

export function answerGap(experimentKey: string): Remedy {
  return {
    action: 'Replace the words, or answer the gap in writing',
    method: 'POST',
    path: `/v1/experiments/${encodeURIComponent(experimentKey)}/evidence-gaps`,
    needs: 'answer: why the test still stands; replacements[]: other quotes, where there are any',
  };
}
