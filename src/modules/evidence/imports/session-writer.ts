import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Conflict } from '../../../domain/errors.js';
import type { ManifestPerson, ManifestSession } from '../../../domain/evidence/import/manifest.js';
import type { ParsedTranscript } from '../../../domain/evidence/transcripts/transcript.js';
import { canonicalJson } from '../../../domain/experiments/canonical-json.js';
import { Clock } from '../../../platform/clock/clock.js';
import type { Config } from '../../../platform/config/config.js';
import { CONFIG } from '../../../platform/config/config.token.js';
import { constraintOf, sqlStateOf } from '../../../platform/database/sql-state.js';
import { Transactions } from '../../../platform/database/transactions.js';
import type { Actor } from '../../../platform/security/principal.js';
import { deriveKey } from '../../../platform/security/sealing.js';
import { holdStudy } from '../dossier/dossier-locks.js';
import { InterviewsService } from '../interviews/interviews.service.js';
import type { SpeakerGuessDto } from '../interviews/transcript.dto.js';
import { guessesIn, incomingFrom } from '../interviews/transcript-files.service.js';
import { TranscriptsService } from '../interviews/transcripts.service.js';
import { ParticipantEntity } from '../people/participant.entity.js';
import { ParticipantsService } from '../people/participants.service.js';

export interface WrittenSession {
  interviewId: string;
  participantIds: string[];
  guesses: SpeakerGuessDto[];
}

/** Two imports may make the same person at once; the one that lost finds them and goes on. */
const ATTEMPTS_MAX = 3;
const PSEUDONYM_CONSTRAINT = 'participant_pseudonym_uq';

/** Writes one session of an import with its people, consents and words: all of it, or nothing. */
@Injectable()
export class SessionWriter {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly participants: ParticipantsService,
    private readonly interviews: InterviewsService,
    private readonly transcripts: TranscriptsService,
  ) {
    this.key = deriveKey(config.masterKey, 'imported-files');
  }

  /**
   * Tells the same words of the same people apart from any other, and nothing about what they are.
   * What else a manifest says of them may be corrected without making another session.
   */
  digest(
    projectId: string,
    { people }: Pick<ManifestSession, 'people'>,
    words: Uint8Array | string,
  ): Buffer {
    const said = canonicalJson({
      projectId,
      people: people.map(({ pseudonym }) => pseudonym).sort(),
    });
    return createHmac('sha256', this.key).update(`${said}\n`).update(words).digest();
  }

  /**
   * Runs `write` in a transaction, unless these words became a session of the study before; then that
   * one is answered, and only consents that its people have given since are added. Whoever imports
   * into the same study at the same time waits for the other.
   */
  async once<T extends WrittenSession>(
    actor: Actor,
    studyId: string,
    file: { session: ManifestSession; digest: Buffer },
    write: (manager: EntityManager) => Promise<T>,
  ): Promise<{ earlier: string } | { written: T }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run(async (manager) => {
          await holdStudy(manager, actor.projectId, studyId);
          const earlier = await this.earlier(manager, actor.projectId, studyId, file.digest);
          if (earlier === null) return { written: await write(manager) };
          await this.addConsents(manager, actor, file.session);
          return { earlier };
        });
      } catch (error) {
        const isLost =
          sqlStateOf(error) === '23505' && constraintOf(error) === PSEUDONYM_CONSTRAINT;
        if (!isLost || attempt === ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** Writes the session in the transaction of `once`. */
  async write(
    manager: EntityManager,
    actor: Actor,
    studyId: string,
    file: { session: ManifestSession; digest: Buffer; parsed: ParsedTranscript },
  ): Promise<WrittenSession> {
    const { session, digest, parsed } = file;
    const people: { id: string; person: ManifestPerson }[] = [];
    for (const person of session.people) {
      people.push({ id: await this.person(manager, actor, person), person });
    }
    const now = await this.clock.now(manager);
    const interviewId = await this.interviews.insert(
      manager,
      actor,
      {
        ...session,
        studyId,
        participants: people.map(({ id, person }) => ({
          participantId: id,
          speaksFor: [
            {
              population: person.speaksFor.population,
              ...(person.speaksFor.stage === undefined ? {} : { stage: person.speaksFor.stage }),
              ...isoOf('from', person.speaksFor.from),
              ...isoOf('to', person.speaksFor.to),
            },
          ],
        })),
      },
      now,
    );
    const { language, producedBy } = session;
    const participantIds = people.map(({ id }) => id);
    await this.transcripts.store(
      manager,
      actor,
      { id: interviewId, people: participantIds },
      incomingFrom(parsed, { language, producedBy }),
      now,
    );
    await manager.query(
      `INSERT INTO imported_file (project_id, study_id, digest, interview_id)
       VALUES ($1, $2, $3, $4)`,
      [actor.projectId, studyId, digest, interviewId],
    );
    const expected = {
      interviewer: session.interviewer,
      people: people.map(({ id, person }) => ({
        participantId: id,
        names: [person.pseudonym, person.identity?.name ?? person.pseudonym],
      })),
    };
    return { interviewId, participantIds, guesses: guessesIn(parsed, expected) };
  }

  /** The interview that these words became earlier, or null. */
  private async earlier(
    manager: EntityManager,
    projectId: string,
    studyId: string,
    digest: Buffer,
  ): Promise<string | null> {
    const rows = (await manager.query(
      `SELECT imported_file.interview_id AS id FROM imported_file
       WHERE imported_file.project_id = $1 AND imported_file.study_id = $2
         AND imported_file.digest = $3`,
      [projectId, studyId, digest],
    )) as { id: string }[];
    return rows[0]?.id ?? null;
  }

  private async addConsents(
    manager: EntityManager,
    actor: Actor,
    session: ManifestSession,
  ): Promise<void> {
    const { projectId } = actor;
    for (const { pseudonym, consent } of session.people) {
      if (consent === null) continue;
      const known = await manager.findOneBy(ParticipantEntity, { projectId, pseudonym });
      if (known === null || known.erasedAt !== null) continue;
      await this.consent(manager, actor, known.id, consent);
    }
  }

  /** Somebody with this pseudonym is this person; what the row says of them is said once. */
  private async person(
    manager: EntityManager,
    actor: Actor,
    person: ManifestPerson,
  ): Promise<string> {
    const { projectId } = actor;
    const { pseudonym } = person;
    const known = await manager.findOneBy(ParticipantEntity, { projectId, pseudonym });
    if (known !== null && known.erasedAt !== null) {
      throw new Conflict('participant-erased', 'This person asked to be forgotten.');
    }
    const id = known?.id ?? (await this.create(manager, actor, person));
    if (person.consent !== null) await this.consent(manager, actor, id, person.consent);
    return id;
  }

  private async create(
    manager: EntityManager,
    actor: Actor,
    person: ManifestPerson,
  ): Promise<string> {
    const { pseudonym, kind, population, accountRef, buyingRoles, conflict, identity } = person;
    const created = await this.participants.insert(manager, actor, {
      pseudonym,
      kind,
      population,
      ...(accountRef === null ? {} : { accountRef }),
      buyingRoles: [...buyingRoles],
      conflict,
      ...(identity === null ? {} : { identity }),
    });
    return created.id;
  }

  private async consent(
    manager: EntityManager,
    actor: Actor,
    participantId: string,
    consent: NonNullable<ManifestPerson['consent']>,
  ): Promise<void> {
    const { scopes, givenAt, how, noticeVersion, retainUntil } = consent;
    const same = (await manager.query(
      `SELECT 1 FROM consent WHERE consent.project_id = $1 AND consent.participant_id = $2
         AND consent.given_at = $3 AND consent.notice_version = $4 AND consent.scopes @> $5`,
      [actor.projectId, participantId, givenAt, noticeVersion, scopes],
    )) as unknown[];
    if (same.length > 0) return;
    await this.participants.insertConsent(
      manager,
      actor,
      participantId,
      {
        scopes: [...scopes],
        givenAt: givenAt.toISOString(),
        how,
        noticeVersion,
        ...(retainUntil === null ? {} : { retainUntil: retainUntil.toISOString() }),
      },
      '/consent',
    );
  }
}

function isoOf<K extends string>(name: K, at: Date | undefined): { [P in K]?: string } {
  return at === undefined ? {} : ({ [name]: at.toISOString() } as { [P in K]?: string });
}
