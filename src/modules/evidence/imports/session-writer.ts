import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Conflict } from '../../../domain/errors.js';
import type { ManifestPerson, ManifestSession } from '../../../domain/evidence/import/manifest.js';
import type { ParsedTranscript } from '../../../domain/evidence/transcripts/transcript.js';
import { canonicalJson } from '../../../domain/experiments/canonical-json.js';
import { jsonCopy } from '../../../domain/experiments/plan.js';
import { Clock } from '../../../platform/clock/clock.js';
import type { Config } from '../../../platform/config/config.js';
import { CONFIG } from '../../../platform/config/config.token.js';
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

/** Writes one session of an import with its people, consents and words: all of it, or nothing. */
@Injectable()
export class SessionWriter {
  private readonly key: Buffer;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: Clock,
    private readonly participants: ParticipantsService,
    private readonly interviews: InterviewsService,
    private readonly transcripts: TranscriptsService,
  ) {
    this.key = deriveKey(config.masterKey, 'imported-files');
  }

  /** Tells the same file with the same row apart from any other, and nothing about what is in it. */
  digest(projectId: string, session: ManifestSession, bytes: Uint8Array): Buffer {
    const said = canonicalJson(jsonCopy(session));
    return createHmac('sha256', this.key).update(projectId).update(said).update(bytes).digest();
  }

  /** The interview that this very file became earlier, or null. */
  async earlier(
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

  async write(
    manager: EntityManager,
    actor: Actor,
    studyId: string,
    file: { session: ManifestSession; digest: Buffer; parsed: ParsedTranscript },
  ): Promise<WrittenSession> {
    const { session, digest, parsed } = file;
    await holdStudy(manager, actor.projectId, studyId);
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
    await this.participants.insertConsent(manager, actor, participantId, {
      scopes: [...scopes],
      givenAt: givenAt.toISOString(),
      how,
      noticeVersion,
      ...(retainUntil === null ? {} : { retainUntil: retainUntil.toISOString() }),
    });
  }
}

function isoOf<K extends string>(name: K, at: Date | undefined): { [P in K]?: string } {
  return at === undefined ? {} : ({ [name]: at.toISOString() } as { [P in K]?: string });
}
