import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { NotFound } from '../../domain/errors.js';
import { Logger } from '../../platform/logging/logger.js';
import { AssignmentConfigReader } from './assignment-config.reader.js';
import { ProjectAnswers } from './ofrep-answers.js';
import type { EvaluationContext } from './ofrep-context.js';
import { isBehind, type NamedVersion } from './ofrep-version.js';

/** Part of every ETag: goes up whenever the same flags begin to be told in other words. */
const ANSWER_FORMAT = 1;
/** Anybody may name a version that does not exist; the database is asked no more often for it. */
const CATCH_UP_EVERY_MS = 1_000;
/** An answer that may be a few seconds old is worth more than one that comes late. */
const CATCH_UP_MAX_MS = 1_000;

/**
 * Answers which value a unit gets, from memory, as JSON text. Nothing is written: an assignment is a
 * pure function of the unit and the plan, and it is not an exposure.
 */
@Injectable()
export class AssignmentsService {
  private caughtUpAt = -Infinity;
  private catchingUp: Promise<void> | null = null;

  constructor(
    private readonly config: AssignmentConfigReader,
    private readonly logger: Logger,
  ) {}

  /** @throws NotFound when clients know no such flag; Invalid `invalid-context` */
  evaluate(projectId: string, key: string, context: EvaluationContext): string {
    const answer = ProjectAnswers.of(this.config.flagsOf(projectId)).one(key, context);
    if (answer === null) throw new NotFound('not-found', 'There is no such flag.');
    return answer;
  }

  /**
   * Every flag clients may know, and what tells of changes to them.
   * @param streams The member `eventStreams` as text.
   */
  evaluateAll(projectId: string, context: EvaluationContext, streams: string): string {
    const flags = this.config.flagsOf(projectId);
    const all = ProjectAnswers.of(flags).all(context);
    const metadata = `{"flagConfigEtag":"${flags.version}"}`;
    return `{"flags":[${all}],"metadata":${metadata},"eventStreams":${streams}}`;
  }

  /**
   * Stands for everything that `evaluateAll` depends on, without evaluating anything. The context is
   * part of it because clients send the tag of one context with another (E24), the streams because
   * 304 leaves a client with those it has (E25).
   */
  etagOf(projectId: string, context: EvaluationContext, streams: string): string {
    const { version } = this.config.flagsOf(projectId);
    const parts = `${ANSWER_FORMAT} ${version} ${streams} ${JSON.stringify(context)}`;
    return `"${hash('sha256', parts, 'base64url')}"`;
  }

  /** Whether another replica has told the client of a version that this one has not seen. */
  isBehind(projectId: string, named: NamedVersion): boolean {
    return isBehind(this.config.flagsOf(projectId), named);
  }

  /** Reads the configuration again, unless that was just done; never fails and never takes long. */
  async catchUp(): Promise<void> {
    if (performance.now() - this.caughtUpAt > CATCH_UP_EVERY_MS) {
      this.caughtUpAt = performance.now();
      this.catchingUp = this.config.refresh().catch((error: unknown) => {
        this.logger.concern('the configuration could not be read again', {
          cause: error instanceof Error ? error.message : String(error),
        });
      });
    }
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((done) => (timer = setTimeout(done, CATCH_UP_MAX_MS)));
    await Promise.race([this.catchingUp, enough]);
    clearTimeout(timer);
  }
}
