import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { InsightEffect } from '../../domain/verdict/learning/outcome.js';
import { EvidenceWriter, type SpeakingExperiment } from '../evidence/evidence.writer.js';
import { ExperimentLifecycleWriter } from '../experiments/experiment-lifecycle.writer.js';
import { NotificationsWriter } from '../notifications/notifications.writer.js';
import { LearnedRows } from './learned-rows.js';

/** What a test says of the claims it rested on. */
type Effects = ReadonlyMap<string, InsightEffect>;

interface CitingExperiment {
  id: string;
  key: string;
}

const AGAINST: readonly InsightEffect[] = ['contested', 'weakened'];

/** How a verdict reaches the claims, and everybody who builds on them. */
@Injectable()
export class InsightEffects {
  constructor(
    private readonly evidence: EvidenceWriter,
    private readonly notifications: NotificationsWriter,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly rows: LearnedRows,
  ) {}

  /** @param before what the experiment said until now; `after` is stored already */
  async apply(
    manager: EntityManager,
    by: SpeakingExperiment & { memberId: string | null; now: Date },
    { before, after }: { before: Effects; after: Effects },
  ): Promise<void> {
    const changed = [...after].filter(([id, effect]) => before.get(id) !== effect);
    const contested = changed.filter(([, effect]) => effect === 'contested').map(([id]) => id);
    await this.evidence.contest(manager, by, contested);
    const relieved = changed.filter(([id]) => before.get(id) === 'contested').map(([id]) => id);
    await this.evidence.withdrawContest(manager, by, relieved);
    for (const [insightId, effect] of changed) {
      if (AGAINST.includes(effect)) await this.tell(manager, by, insightId, effect);
      else if (AGAINST.includes(before.get(insightId) ?? 'none')) {
        await this.takeBack(manager, by, insightId);
      }
    }
  }

  /** Everybody who builds on it: tests that are still going on, drafts, and ideas. */
  private async tell(
    manager: EntityManager,
    by: SpeakingExperiment & { now: Date },
    insightId: string,
    effect: InsightEffect,
  ): Promise<void> {
    const facts = { insightId, effect, experimentKey: by.experimentKey };
    const severity = effect === 'contested' ? 'warning' : 'info';
    const { projectId } = by;
    const what = effect === 'contested' ? 'refuted the reason behind' : 'weakened';
    for (const other of await this.citing(manager, by, insightId)) {
      await this.notifications.raise(
        manager,
        { projectId, experimentId: other.id, experimentKey: other.key },
        {
          kind: 'insight_contested',
          subject: insightId,
          severity,
          sentence: `The experiment ${by.experimentKey} ${what} an insight that this experiment rests on.`,
          facts,
        },
      );
      const entry = { projectId, id: other.id };
      await this.lifecycle.note(manager, entry, 'insight_contested', by.now, null, facts);
    }
    const ideas = await this.ideasCiting(manager, projectId, insightId);
    if (ideas === 0) return;
    await this.notifications.raise(manager, by, {
      kind: 'insight_contested',
      subject: `${insightId}/ideas`,
      severity: 'info',
      sentence: `This experiment ${what} an insight that ${ideas === 1 ? 'an idea rests' : `${ideas} ideas rest`} on.`,
      facts: { ...facts, ideas },
    });
  }

  /** It speaks against it no more; where another experiment still does, that one stands in its place. */
  private async takeBack(
    manager: EntityManager,
    by: SpeakingExperiment & { now: Date },
    insightId: string,
  ): Promise<void> {
    const { projectId, actor } = by;
    const others = await this.rows.othersSaying(manager, by, { insightId, effects: AGAINST });
    if (others.length > 0) {
      const about = { insightId, effects: ['contested' as const] };
      const [other] = await this.rows.othersSaying(manager, by, about);
      if (other === undefined) return;
      const speaking = { projectId, actor, experimentId: other.id, experimentKey: other.key };
      await this.evidence.contest(manager, speaking, [insightId]);
      return;
    }
    const facts = { insightId, experimentKey: by.experimentKey };
    for (const { id, key } of await this.citing(manager, by, insightId)) {
      const of = { projectId, experimentId: id, experimentKey: key };
      await this.notifications.end(manager, of, 'insight_contested', insightId);
      const entry = { projectId, id };
      await this.lifecycle.note(manager, entry, 'insight_no_longer_contested', by.now, null, facts);
    }
    await this.notifications.end(manager, by, 'insight_contested', `${insightId}/ideas`);
  }

  private async citing(
    manager: EntityManager,
    { projectId, experimentId }: SpeakingExperiment,
    insightId: string,
  ): Promise<CitingExperiment[]> {
    return (await manager.query(
      `SELECT experiment.id, experiment.key FROM experiment
       WHERE experiment.project_id = $1 AND experiment.id <> $2 AND experiment.kind = 'ab'
         AND experiment.status IN ('draft', 'running', 'paused', 'maturing')
         AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(
             experiment.definition #> '{rationale,insightIds}') AS cited (id)
           WHERE lower(cited.id) = $3)
       ORDER BY experiment.key COLLATE "C"`,
      [projectId, experimentId, insightId],
    )) as CitingExperiment[];
  }

  private async ideasCiting(
    manager: EntityManager,
    projectId: string,
    insightId: string,
  ): Promise<number> {
    const [row] = (await manager.query(
      `SELECT count(*)::int AS ideas FROM idea
       WHERE idea.project_id = $1 AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(
           CASE jsonb_typeof(idea.body #> '{rationale,insightIds}') WHEN 'array'
             THEN idea.body #> '{rationale,insightIds}' ELSE '[]' END) AS cited (id)
         WHERE lower(cited.id) = $2)`,
      [projectId, insightId],
    )) as { ideas: number }[];
    return row?.ideas ?? 0;
  }
}
