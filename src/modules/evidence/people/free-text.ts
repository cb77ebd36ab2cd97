import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  ECHOES_MAX,
  type FreeTextPlace,
  freeTextEchoes,
  textsIn,
  windowsOf,
} from '../../../domain/evidence/people/free-text-echoes.js';
import type { OwnWords } from './participant-words.js';

/** Rows in memory at a time. */
const FETCHED_AT_ONCE = 200;

/**
 * Every place where members write prose. It reads tables of other features on purpose: what somebody
 * said must be found wherever it was pasted, and asking each feature for its texts would spread one
 * duty over all of them. Whoever adds a column of prose adds it here; the names of members are those
 * of the API, because the pointers are shown. Ids, never keys: a key may be made of the words.
 */
export const FREE_TEXT_SQL = `
  SELECT 'question' AS type, question.id::text AS id, jsonb_build_object('text', question.text,
      'signal', question.signal, 'answer', question.answer, 'tags', question.tags) AS body
    FROM question WHERE question.project_id = $1
  UNION ALL
  SELECT 'study', study.id::text, jsonb_build_object('name', study.name, 'anchorEvent', study.anchor_event,
      'guide', study.guide, 'guideQuestions', study.guide_questions,
      'peoplePlan', study.people_plan, 'stoppingRule', study.stopping_rule)
    FROM study WHERE study.project_id = $1
  UNION ALL
  SELECT 'code', code.id::text, jsonb_build_object('name', code.name)
    FROM code WHERE code.project_id = $1
  UNION ALL
  SELECT 'insight', insight.id::text, jsonb_build_object('statement', insight.statement,
      'audience', insight.audience, 'job', insight.job, 'firedSolution', insight.fired_solution,
      'nextJob', insight.next_job, 'forces', insight.forces,
      'firingTrigger', insight.firing_trigger, 'switchTimeline', insight.switch_timeline,
      'tags', insight.tags, 'stateReason', insight.state_reason)
    FROM insight WHERE insight.project_id = $1
  UNION ALL
  SELECT 'evidence', evidence_entry.id::text, jsonb_build_object('response', evidence_entry.response,
      'reason', evidence_entry.reason)
    FROM evidence_entry WHERE evidence_entry.project_id = $1
  UNION ALL
  SELECT 'negative-search', negative_search.id::text,
      jsonb_build_object('queries', negative_search.queries)
    FROM negative_search WHERE negative_search.project_id = $1
  UNION ALL
  SELECT 'negative-search', negative_search_hit.search_id::text,
      jsonb_build_object('hits', jsonb_build_array(
        jsonb_build_object('response', negative_search_hit.response)))
    FROM negative_search_hit WHERE negative_search_hit.project_id = $1
      AND negative_search_hit.response IS NOT NULL
  UNION ALL
  SELECT 'participant-pair', participant_pair.id::text,
      jsonb_build_object('reason', participant_pair.reason)
    FROM participant_pair WHERE participant_pair.project_id = $1
  UNION ALL
  SELECT 'interview', redaction.interview_id::text, jsonb_build_object('redactions',
      jsonb_build_array(jsonb_build_object('reason', redaction.reason)))
    FROM redaction WHERE redaction.project_id = $1
  UNION ALL
  SELECT 'metric', metric.id::text, metric.definition FROM metric WHERE metric.project_id = $1
  UNION ALL
  SELECT 'idea', idea.id::text, idea.body FROM idea WHERE idea.project_id = $1
  UNION ALL
  SELECT 'experiment', experiment.id::text,
      experiment.definition || jsonb_build_object('key', experiment.key)
    FROM experiment WHERE experiment.project_id = $1
  UNION ALL
  SELECT 'plan', plan.experiment_id::text, plan.body || jsonb_build_object('reason', plan.reason)
    FROM plan WHERE plan.project_id = $1
  UNION ALL
  SELECT 'impact-acknowledgement', impact_acknowledgement.experiment_id::text,
      jsonb_build_object('note', impact_acknowledgement.note)
    FROM impact_acknowledgement WHERE impact_acknowledgement.project_id = $1
  UNION ALL
  SELECT 'evidence-gap-answer', evidence_gap_answer.id::text,
      jsonb_build_object('answer', evidence_gap_answer.answer)
    FROM evidence_gap_answer WHERE evidence_gap_answer.project_id = $1
  UNION ALL
  SELECT 'gate-decision', gate_decision.id::text,
      jsonb_build_object('report', gate_decision.report, 'experimentKey', gate_decision.subject_key)
    FROM gate_decision WHERE gate_decision.project_id = $1
  UNION ALL
  SELECT 'decision', decision.id::text, jsonb_build_object('reason', decision.reason,
      'overrideReason', decision.override_reason, 'learning', decision.learning)
    FROM decision WHERE decision.project_id = $1
  UNION ALL
  SELECT 'learned', learned.id::text, jsonb_build_object('facts', learned.facts,
      'judgement', learned.judgement)
    FROM learned WHERE learned.project_id = $1
  UNION ALL
  SELECT 'follow-up', follow_up.id::text, jsonb_build_object('closeReason', follow_up.close_reason)
    FROM follow_up WHERE follow_up.project_id = $1
  UNION ALL
  SELECT 'guardrail-answer', guardrail_answer.id::text,
      jsonb_build_object('answer', guardrail_answer.answer)
    FROM guardrail_answer WHERE guardrail_answer.project_id = $1
  UNION ALL
  SELECT 'override-request', override_request.id::text,
      jsonb_build_object('reason', override_request.reason)
    FROM override_request WHERE override_request.project_id = $1
  UNION ALL
  SELECT 'timeline-entry', timeline_entry.id::text, jsonb_build_object('facts', timeline_entry.facts)
    FROM timeline_entry WHERE timeline_entry.project_id = $1
  UNION ALL
  SELECT 'policy', evidence_policy.profile || '/' || evidence_policy.version,
      jsonb_build_object('reason', evidence_policy.reason)
    FROM evidence_policy WHERE evidence_policy.project_id = $1
  UNION ALL
  SELECT 'holdout', holdout.id::text, jsonb_build_object('name', holdout.name,
      'endReason', holdout.end_reason)
    FROM holdout WHERE holdout.project_id = $1
  UNION ALL
  SELECT 'notification-channel', notification_channel.id::text,
      jsonb_build_object('name', notification_channel.name)
    FROM notification_channel WHERE notification_channel.project_id = $1
  UNION ALL
  SELECT 'import', event_import.id::text, jsonb_build_object('name', event_import.name)
    FROM event_import WHERE event_import.project_id = $1
  UNION ALL
  SELECT 'import', import_reversal.import_id::text,
      jsonb_build_object('reason', import_reversal.reason)
    FROM import_reversal WHERE import_reversal.project_id = $1`;

/** Finds where somebody's words stand in what members wrote. */
@Injectable()
export class FreeText {
  /** Where whole windows of these words stand, at most `ECHOES_MAX` places. Needs a transaction. */
  async placesOf(
    manager: EntityManager,
    projectId: string,
    words: OwnWords,
  ): Promise<FreeTextPlace[]> {
    const windows = windowsOf([
      ...words.quotes.map(({ exact }) => exact),
      ...words.turns.map(({ text }) => text),
      ...words.observations.map(({ text }) => text),
    ]);
    if (windows.size === 0) return [];
    // The words stay in this process: comparing in SQL would put them into statements and logs.
    await manager.query(`DECLARE free_text NO SCROLL CURSOR FOR ${FREE_TEXT_SQL}`, [projectId]);
    const places: FreeTextPlace[] = [];
    while (places.length < ECHOES_MAX) {
      const rows = (await manager.query(`FETCH ${FETCHED_AT_ONCE} FROM free_text`)) as {
        type: string;
        id: string;
        body: unknown;
      }[];
      const fields = rows.flatMap(({ type, id, body }) =>
        [...textsIn(body)].map((text) => ({ objectType: type, objectId: id, ...text })),
      );
      places.push(...freeTextEchoes(windows, fields, ECHOES_MAX - places.length));
      if (rows.length < FETCHED_AT_ONCE) break;
    }
    await manager.query('CLOSE free_text');
    return distinct(places);
  }
}

/** Several hits of one search, or plans of one experiment, are one place. */
function distinct(places: readonly FreeTextPlace[]): FreeTextPlace[] {
  const byPlace = new Map(
    places.map((place) => [`${place.objectType} ${place.objectId} ${place.pointer}`, place]),
  );
  return [...byPlace.values()];
}
