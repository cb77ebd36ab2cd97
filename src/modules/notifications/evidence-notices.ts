import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Notice, WHOLE_EXPERIMENT } from '../../domain/notices/notice.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Logger } from '../../platform/logging/logger.js';
import { type DueWork, DueWorkRegistry } from '../../platform/scheduling/due-work.js';
import { EvidenceStandingReader } from '../experiments/evidence-standing.reader.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { NoticeStore } from './notice-store.js';

const WITHDRAWN: Notice = {
  kind: 'evidence_withdrawn',
  subject: WHOLE_EXPERIMENT,
  severity: 'warning',
  sentence:
    'Words that the reason for this test rests on were taken back. Nothing ships until other words ' +
    'stand in for them or somebody answers for the gap in writing.',
  facts: {},
};

/**
 * Tells that words were taken back under a live test, within a minute. How its evidence stands is asked
 * of the gate, which is much work, so it is asked only where something was taken back, given or answered
 * since the last time.
 */
@Injectable()
export class EvidenceNotices implements DueWork, OnModuleInit {
  readonly name = 'evidence-notices';
  /** What the evidence of an experiment's project looked like when it was asked last, by experiment. */
  private asked: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly transactions: Transactions,
    private readonly registry: DueWorkRegistry,
    private readonly experiments: ExperimentsReader,
    private readonly standings: EvidenceStandingReader,
    private readonly store: NoticeStore,
    private readonly audit: AuditLog,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** It follows what people do; what runs out by itself is due at the same instants elsewhere. */
  async nextDue(): Promise<null> {
    return await Promise.resolve(null);
  }

  async runDue(now: Date): Promise<void> {
    const live = (await this.experiments.allEvaluated()).filter(({ kind }) => kind === 'ab');
    const marks = await this.marks(live, now);
    const asked = new Map<string, string>();
    const failures: unknown[] = [];
    for (const experiment of live) {
      const { id, projectId } = experiment;
      const mark = marks.get(projectId) ?? '';
      try {
        if (this.asked.get(id) !== mark) await this.ask(experiment, now);
        asked.set(id, mark);
      } catch (error) {
        this.logger.failure('evidence of an experiment', error, { experimentId: id });
        failures.push(error);
      }
    }
    this.asked = asked;
    if (failures.length > 0) throw new AggregateError(failures, 'some evidence was not asked for');
  }

  private async ask(experiment: LaunchedExperiment, now: Date): Promise<void> {
    const { projectId, id: experimentId, definition } = experiment;
    const of = { projectId, experimentId };
    await this.transactions.run(async (manager) => {
      const standing = await this.standings.standing(manager, projectId, definition, now);
      const holds = standing.withdrawn && !standing.answered;
      const changed = holds
        ? await this.store.open(manager, of, WITHDRAWN, null)
        : await this.store.endOne(manager, of, WITHDRAWN.kind, WITHDRAWN.subject);
      if (!changed) return;
      await this.audit.append(manager, {
        projectId,
        actor: 'system',
        action: holds ? 'notice.open' : 'notice.end',
        objectType: 'experiment',
        objectId: experimentId,
        reason: WITHDRAWN.kind,
      });
    });
  }

  /** One text for each project that changes with everything that can take words back or return them. */
  private async marks(
    live: readonly LaunchedExperiment[],
    now: Date,
  ): Promise<ReadonlyMap<string, string>> {
    const projects = [...new Set(live.map(({ projectId }) => projectId))];
    if (projects.length === 0) return new Map();
    const rows = (await this.transactions.manager.query(MARKS, [projects, now])) as {
      id: string;
      mark: string;
    }[];
    return new Map(rows.map(({ id, mark }) => [id, mark]));
  }
}

const MARKS = `
  SELECT live.id, concat_ws('/',
    (SELECT count(*) || ' ' || count(consent.withdrawn_at)
        || ' ' || count(*) FILTER (WHERE consent.retain_until <= $2)
      FROM consent WHERE consent.project_id = live.id),
    (SELECT count(participant.erased_at) FROM participant WHERE participant.project_id = live.id),
    (SELECT count(*) FROM redaction WHERE redaction.project_id = live.id),
    (SELECT count(*) FROM transcript WHERE transcript.project_id = live.id),
    (SELECT count(*) FROM evidence_gap_answer
      WHERE evidence_gap_answer.project_id = live.id)) AS mark
  FROM unnest($1::uuid[]) AS live(id)`;
