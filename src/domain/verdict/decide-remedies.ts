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

export function answerGuardrail(experimentKey: string, metric: string, answerer: string): Remedy {
  return {
    action: `Ask ${answerer} to answer for ${metric}`,
    method: 'POST',
    path: `/v1/experiments/${encodeURIComponent(experimentKey)}/guardrails/${encodeURIComponent(metric)}/answers`,
    needs: 'accepted: true or false; answer: what is done about it; variant: which, or all',
  };
}

export function askSecond(experimentKey: string): Remedy {
  return {
    action: 'Ask another member to decide',
    method: 'POST',
    path: `/v1/experiments/${encodeURIComponent(experimentKey)}/override-requests`,
    needs:
      'action, variant, reason; the other member then sends override.requestId with the decision',
  };
}
