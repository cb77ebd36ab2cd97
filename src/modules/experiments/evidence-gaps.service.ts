import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, type FieldError, Invalid } from '../../domain/errors.js';
import {
  type QuoteReplacement,
  standInsOf,
  strangersAmong,
  withStandIns,
} from '../../domain/experiments/evidence-gap.js';
import type { ExperimentState } from '../../domain/experiments/lifecycle.js';
import { jsonCopy } from '../../domain/experiments/plan.js';
import { Clock } from '../../platform/clock/clock.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import type { Actor } from '../../platform/security/principal.js';
import type { AnswerGapDto, EvidenceGapDto } from './dto/evidence.dto.js';
import { EvidenceDto } from './dto/evidence.dto.js';
import { EvidenceGapQueries } from './evidence-gap.queries.js';
import { EvidenceStandingReader } from './evidence-standing.reader.js';
import { ExperimentEntity } from './experiment.entity.js';
import { ExperimentLifecycleWriter } from './experiment-lifecycle.writer.js';
import { GatesService } from './gates.service.js';

/** A draft is edited instead; after the end nothing is left to answer for. */
const ANSWERABLE: readonly ExperimentState[] = ['running', 'paused', 'maturing', 'decided'];

/** Evidence that was taken back after the launch: how it stands, and what was done about it. */
@Injectable()
export class EvidenceGapsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly lifecycle: ExperimentLifecycleWriter,
    private readonly standing: EvidenceStandingReader,
    private readonly gates: GatesService,
    private readonly gaps: EvidenceGapQueries,
  ) {}

  /** How the evidence of an experiment stands today; null for an A/A test, which has none. */
  async evidence(experiment: ExperimentEntity): Promise<EvidenceDto | null> {
    if (experiment.kind === 'aa') return null;
    return await this.transactions.run((manager) => this.evidenceNow(manager, experiment));
  }

  private async evidenceNow(
    manager: EntityManager,
    { projectId, definition }: ExperimentEntity,
  ): Promise<EvidenceDto> {
    const now = await this.clock.now(manager);
    return EvidenceDto.from(await this.standing.standing(manager, projectId, definition, now));
  }

  /**
   * Answers a gap in writing, and names quotes that stand in for those taken back.
   * @throws Conflict `invalid-state-transition`, `no-evidence-gap`; Invalid `validation-failed`
   */
  async answer(actor: Actor, key: string, body: AnswerGapDto): Promise<EvidenceGapDto> {
    return await this.transactions.run(async (manager) => {
      const experiment = await this.lifecycle.lock(manager, actor.projectId, key);
      requireAnswerable(experiment.status);
      const now = await this.clock.now(manager);
      const isOpen =
        experiment.kind === 'ab' && (await this.evidenceNow(manager, experiment)).withdrawn;
      if (!isOpen) {
        throw new Conflict('no-evidence-gap', 'Nothing that it cites has been taken back.');
      }
      const replacements = jsonCopy(body.replacements ?? []) as QuoteReplacement[];
      await this.requireUsable(manager, experiment, replacements, now);
      const id = newId();
      await manager.query(
        `INSERT INTO evidence_gap_answer (project_id, id, experiment_id, answer, replacements,
           answered_by, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [
          actor.projectId,
          id,
          experiment.id,
          body.answer,
          JSON.stringify(replacements),
          actor.memberId,
          now,
        ],
      );
      const evidence = await this.evidenceNow(manager, experiment);
      await this.lifecycle.note(manager, experiment, 'answer_evidence_gap', now, actor.memberId, {
        gapAnswerId: id,
        answer: body.answer,
        replacements,
        replaced: evidence.replaced,
      });
      return {
        id,
        answer: body.answer,
        replacements,
        answeredBy: actor.memberId,
        answeredAt: now.toISOString(),
        evidence,
      };
    });
  }

  /** Only what is cited can be replaced, and only by words that support one of the cited insights. */
  private async requireUsable(
    manager: EntityManager,
    experiment: ExperimentEntity,
    replacements: readonly QuoteReplacement[],
    now: Date,
  ): Promise<void> {
    if (replacements.length === 0) return;
    const { projectId, id, definition, createdBy } = experiment;
    const answers = await this.gaps.answers(manager, projectId, id);
    const standIns = standInsOf([...answers, { answeredAt: now, replacements }]);
    const rationale = withStandIns(definition.rationale ?? {}, standIns);
    const question = { projectId, author: createdBy, experimentId: id, now };
    const before = await this.gates.createInput(manager, { ...question, definition });
    const after = await this.gates.createInput(manager, {
      ...question,
      definition: { ...definition, rationale },
    });
    const cited = new Set([
      ...before.dossier.quotes.map((quote) => quote.id),
      ...standInsOf(answers).values(),
    ]);
    const strangers = new Set(
      strangersAmong(
        after.dossier,
        replacements.map(({ withQuoteId }) => withQuoteId),
      ),
    );
    const errors = replacements.flatMap(({ quoteId, withQuoteId }, index): FieldError[] => {
      const at = `/replacements/${index}`;
      return [
        ...(cited.has(quoteId) ? [] : [{ pointer: `${at}/quoteId`, code: 'quote-not-cited' }]),
        ...(strangers.has(withQuoteId)
          ? [{ pointer: `${at}/withQuoteId`, code: 'quote-not-supporting' }]
          : []),
      ];
    });
    if (errors.length > 0) {
      throw new Invalid(
        'validation-failed',
        'A quote that stands in for another supports one of the cited insights.',
        errors,
      );
    }
  }
}

function requireAnswerable(status: ExperimentState): void {
  if (ANSWERABLE.includes(status)) return;
  throw new Conflict(
    'invalid-state-transition',
    status === 'draft'
      ? 'A draft is edited: cite other words, then launch it.'
      : 'It has ended, so nothing rests on this evidence any more.',
    { state: status },
  );
}
