import type { Remedy } from './gate-report.js';

/**
 * The requests a refusal points at. An id the gate does not know stays `{id}`, as in the
 * documentation of the route.
 */
const segment = (id: string | undefined): string =>
  id === undefined ? '{id}' : encodeURIComponent(id);

export function recordInterview(needs: string): Remedy {
  return { action: 'Record an interview', method: 'POST', path: '/v1/interviews', needs };
}

export function addQuote(interviewId: string | undefined, needs: string): Remedy {
  const path = `/v1/interviews/${segment(interviewId)}/quotes`;
  return { action: 'Quote the participant', method: 'POST', path, needs };
}

export function addTranscript(interviewId: string): Remedy {
  return {
    action: 'Upload the transcript',
    method: 'POST',
    path: `/v1/interviews/${segment(interviewId)}/transcripts`,
    needs: 'the transcript file of this interview',
  };
}

export function attachEvidence(insightId: string | undefined, needs: string): Remedy {
  const path = `/v1/insights/${segment(insightId)}/evidence`;
  return { action: 'Attach evidence to the insight', method: 'POST', path, needs };
}

export function completeLedger(studyId: string | undefined, needs: string): Remedy {
  const path = `/v1/studies/${segment(studyId)}/ledger`;
  return { action: 'Complete the ledger of the study', method: 'PUT', path, needs };
}

export function decidePair(pairId: string): Remedy {
  return {
    action: 'Decide whether the two are one person',
    method: 'PUT',
    path: `/v1/participants/pairs/${segment(pairId)}`,
    needs: 'decision: same_person or different_people, and the reason',
  };
}

export function answerQuestion(questionId: string): Remedy {
  return {
    action: 'Explain the number',
    method: 'PUT',
    path: `/v1/questions/${segment(questionId)}/state`,
    needs: 'state: answered, and the answer',
  };
}

export function recordConsent(participantId: string, needs: string): Remedy {
  const path = `/v1/participants/${segment(participantId)}/consents`;
  return { action: 'Record the consent', method: 'POST', path, needs };
}

export function searchForContradiction(insightId: string | undefined): Remedy {
  return {
    action: 'Search for what speaks against the insight',
    method: 'POST',
    path: `/v1/insights/${segment(insightId)}/negative-searches`,
    needs: 'queries[]: words people would use if the insight were wrong',
  };
}

export function judgeHits(insightId: string, searchId: string): Remedy {
  return {
    action: 'Judge every hit of the search',
    method: 'PUT',
    path: `/v1/insights/${segment(insightId)}/negative-searches/${segment(searchId)}/hits`,
    needs: 'a disposition for each hit; a response where it contradicts',
  };
}

export function writeInsight(): Remedy {
  return {
    action: 'Write the insight down',
    method: 'POST',
    path: '/v1/insights',
    needs: 'statement and audience; then name its id in rationale.insightIds',
  };
}

export function readBlind(insightId: string): Remedy {
  return {
    action: 'Have a second member read the passages',
    method: 'POST',
    path: `/v1/insights/${segment(insightId)}/readings`,
    needs:
      'a disposition for each passage by a member who did not give the first one, after GET reading',
  };
}

export function acknowledgeImpact(key: string, department: string): Remedy {
  return {
    action: 'Have a member of the department acknowledge',
    method: 'POST',
    path: `/v1/experiments/${segment(key)}/impacts/${segment(department)}/acknowledge`,
    needs: `a key of a member of ${department} who is not the author`,
  };
}

export function declareMetric(needs: string): Remedy {
  return { action: 'Declare the metric', method: 'POST', path: '/v1/metrics', needs };
}

export function askPeopleWhoMetIt(key: string): Remedy {
  return {
    action: 'Ask people who met the change why it came out so',
    method: 'GET',
    path: `/v1/experiments/${segment(key)}/follow-ups`,
    needs:
      'interviews with people who met it in the study of an open follow-up; then test the reason they give',
  };
}

export function showExperiment(key: string): Remedy {
  return {
    action: 'See what the experiment waits for',
    method: 'GET',
    path: `/v1/experiments/${segment(key)}`,
    needs: 'a decision about it',
  };
}

/** For what is repaired in a draft before its launch. */
export function completeDraft(key: string, needs: string): Remedy {
  const path = `/v1/experiments/${segment(key)}`;
  return { action: 'Complete the draft, then launch again', method: 'PUT', path, needs };
}

/** For what is repaired in the experiment's own body: the dry run is free and says what is left. */
export function completeBody(needs: string): Remedy {
  return {
    action: 'Complete the body and check it again',
    method: 'POST',
    path: '/v1/experiments/check?gate=create',
    needs,
  };
}
