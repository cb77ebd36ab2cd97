import { Injectable } from '@nestjs/common';
import { Invalid } from '../../domain/errors.js';
import type { GateReport } from '../../domain/evidence/gate-report.js';
import { incompleteReport } from '../../domain/experiments/incomplete-report.js';
import type { ExperimentDefinition } from '../../domain/experiments/definition.js';
import { withPowerWarnings } from '../../domain/experiments/launch-gate-power.js';
import type { CouldShow } from '../../domain/planning/could-show.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { BodiesService, type GradableBody } from './bodies.service.js';
import { CouldShowQuery } from './could-show.js';
import type { IdeaCheckDto } from './dto/experiment.dto.js';
import type { IdeaBodyDto } from './dto/experiment-body.dto.js';
import type { ExperimentEntity } from './experiment.entity.js';
import { type GateQuestion, GatesService } from './gates.service.js';
import type { IdeaEntity } from './idea.entity.js';

type CheckedGate = 'create' | 'launch';

export interface DryRun {
  definition: ExperimentDefinition;
  report: GateReport;
  missing: string[];
  inherited: string[];
  /** What the test could ever show; null where nobody asked. */
  couldShow: CouldShow[] | null;
}

/** Asks a gate without keeping anything: for stored experiments, bodies, and thoughts in the making. */
@Injectable()
export class DryRunsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly bodies: BodiesService,
    private readonly gates: GatesService,
    private readonly couldShow: CouldShowQuery,
  ) {}

  async ofExperiment(gate: CheckedGate, experiment: ExperimentEntity): Promise<DryRun> {
    const { definition, createdBy, id, projectId } = experiment;
    const asked = { projectId, definition, author: createdBy, experimentId: id };
    const couldShow = await this.couldShow.ask(projectId, definition);
    const report = await this.ask(gate, asked, couldShow);
    return { definition, report, missing: [], inherited: [], couldShow };
  }

  /**
   * For a body of which anything may be missing.
   * @throws Invalid `validation-failed` where something that is there is wrong
   */
  async ofBody(
    actor: Actor,
    gate: CheckedGate,
    sent: IdeaBodyDto,
    kept: IdeaBodyDto = {},
  ): Promise<DryRun> {
    const body = await this.bodies.gradable(actor.projectId, sent, kept);
    if (body.wrong.length > 0) {
      throw new Invalid('validation-failed', 'The experiment is not valid.', body.wrong);
    }
    const couldShow = await this.couldShow.ask(actor.projectId, body.definition);
    return await this.ofGradable(actor, gate, body, couldShow);
  }

  /** Beside an idea: what its reason still lacks. Nothing in a thought is an error of the request. */
  async ofIdea(actor: Actor, idea: IdeaEntity): Promise<IdeaCheckDto> {
    const { report, missing, errors } = await this.ideaRun(actor, idea.body);
    return {
      outcome: errors.length > 0 ? 'refused' : report.outcome,
      unmet: report.unmet.map(({ code, pointer, why }) => ({ code, pointer, why })),
      nextBest: report.nextBest,
      missing,
      errors,
    };
  }

  private async ideaRun(
    actor: Actor,
    body: IdeaBodyDto,
  ): Promise<DryRun & { errors: GradableBody['wrong'] }> {
    try {
      const gradable = await this.bodies.gradable(actor.projectId, {}, body);
      return {
        ...(await this.ofGradable(actor, 'create', gradable, null)),
        errors: gradable.wrong,
      };
    } catch (error) {
      if (!(error instanceof Invalid) || body.iterationOf === undefined) throw error;
      // The parent is not there (yet): the idea is shown as one that starts a line of its own.
      const { iterationOf: _, ...own } = body;
      const alone = await this.ideaRun(actor, own);
      return { ...alone, errors: [...alone.errors, ...error.errors] };
    }
  }

  private async ofGradable(
    actor: Actor,
    gate: CheckedGate,
    body: GradableBody,
    couldShow: CouldShow[] | null,
  ): Promise<DryRun> {
    const { definition, inherited, missing } = body;
    const { projectId, memberId } = actor;
    const asked = { projectId, definition, author: memberId, experimentId: null };
    const report = incompleteReport(await this.ask(gate, asked, couldShow), missing);
    return { definition, report, missing, inherited, couldShow };
  }

  private async ask(
    gate: CheckedGate,
    question: Omit<GateQuestion, 'now' | 'couldShow'>,
    couldShow: CouldShow[] | null,
  ): Promise<GateReport> {
    const report = await this.transactions.run(async (manager) => {
      const now = await this.clock.now(manager);
      const asked = { ...question, couldShow: couldShow ?? [], now };
      return (await this.gates.ask(manager, gate, asked)).report;
    });
    const { definition } = question;
    // The launch gate has them already, and an A/A test is to find nothing.
    if (gate === 'launch' || couldShow === null || definition.kind === 'aa') return report;
    return withPowerWarnings(report, { definition, couldShow });
  }
}
