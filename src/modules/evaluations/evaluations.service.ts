import { Injectable } from '@nestjs/common';
import { Conflict, NotFound } from '../../domain/errors.js';
import type { EvaluationResult } from '../../domain/evaluation/result.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import type { Actor } from '../../platform/security/principal.js';
import { ExperimentsReader, type LaunchedExperiment } from '../experiments/experiments.reader.js';
import { SlotDto, SlotPageDto } from './dto/slot.dto.js';
import { EvaluationWriter } from './evaluation-writer.js';
import { EvaluationsReader } from './evaluations.reader.js';
import { SlotHistory } from './slot-history.js';

@Injectable()
export class EvaluationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly experiments: ExperimentsReader,
    private readonly evaluations: EvaluationsReader,
    private readonly writer: EvaluationWriter,
    private readonly history: SlotHistory,
  ) {}

  /** Evaluates with all data up to now. */
  async evaluateNow(actor: Actor, key: string): Promise<EvaluationResult> {
    const experiment = await this.experiments.launched(actor.projectId, key);
    const computed = await this.writer.compute(experiment, await this.clock.now(), null);
    await this.transactions.run((manager) => this.writer.insert(manager, computed, actor.memberId));
    return computed.result;
  }

  /** @throws NotFound `no-evaluation` before the first */
  async latest(projectId: string, key: string): Promise<EvaluationResult> {
    const experiment = await this.evaluable(projectId, key);
    const latest =
      experiment === null ? null : await this.evaluations.latest(projectId, experiment.id);
    if (latest === null) {
      throw new NotFound('no-evaluation', 'The experiment has not been evaluated yet.');
    }
    return latest.result;
  }

  async list<T>(
    projectId: string,
    key: string,
    page: PageRequest,
    show: (result: EvaluationResult) => T,
  ): Promise<Page<T>> {
    const experiment = await this.evaluable(projectId, key);
    if (experiment === null) return { data: [] };
    const rows = await this.evaluations.history(projectId, experiment.id, {
      after: page.after,
      limit: page.limit + 1,
    });
    return pageOf(rows, page.limit, ({ result }) => show(result));
  }

  /** What became of its slots, the newest first, and when the next one is. */
  async slots(projectId: string, key: string, page: PageRequest): Promise<SlotPageDto> {
    const experiment = await this.evaluable(projectId, key);
    if (experiment === null) return { data: [] };
    const runs = await this.history.page(experiment, page, (run) => SlotDto.from(run));
    return SlotPageDto.of(runs, await this.history.next(experiment));
  }

  /** null for a draft: it exists, and nothing can have been evaluated. */
  private async evaluable(projectId: string, key: string): Promise<LaunchedExperiment | null> {
    try {
      return await this.experiments.launched(projectId, key);
    } catch (error) {
      if (error instanceof Conflict) return null;
      throw error;
    }
  }
}
