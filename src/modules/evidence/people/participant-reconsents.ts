import { Injectable } from '@nestjs/common';
import { CITING_SCOPES, missingScopes } from '../../../domain/evidence/consent.js';
import { CONSENT_SCOPES, type ConsentScope } from '../../../domain/evidence/dossier.js';
import { retentionEnd } from '../../../domain/evidence/people/retention.js';
import { Invalid } from '../../../domain/errors.js';
import { Clock } from '../../../platform/clock/clock.js';
import { Transactions } from '../../../platform/database/transactions.js';
import { type Page, pageOf, type PageRequest } from '../../../platform/http/page.js';
import type { ReconsentDto } from './participant-consent.dto.js';

interface ConsentedPerson {
  id: string;
  pseudonym: string;
  retention_days: number;
  consents: {
    id: string;
    scopes: ConsentScope[];
    givenAt: string;
    withdrawnAt: string | null;
    retainUntil: string | null;
  }[];
  interview_ids: string[];
}

/** People read at a time while looking for those who lack a scope. */
const READ_AT_ONCE = 500;

/** Whom to ask again. */
@Injectable()
export class ParticipantReconsents {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Live people, by id, whose consents in force do not cover all of these scopes together. */
  async list(
    projectId: string,
    scopes: readonly ConsentScope[],
    page: PageRequest,
  ): Promise<Page<ReconsentDto>> {
    const now = await this.clock.now();
    const lacking: (ReconsentDto & { id: string })[] = [];
    let after = page.after;
    while (lacking.length <= page.limit) {
      const people = await this.people(projectId, after);
      for (const person of people) {
        const missing = missingScopesOf(person, scopes, now);
        if (missing.length > 0) lacking.push({ id: person.id, ...reconsentDto(person, missing) });
      }
      if (people.length < READ_AT_ONCE) break;
      after = people.at(-1)?.id ?? null;
    }
    return pageOf(lacking, page.limit, ({ id: _id, ...shown }) => shown);
  }

  private async people(projectId: string, after: string | null): Promise<ConsentedPerson[]> {
    return (await this.transactions.manager.query(
      `SELECT participant.id, participant.pseudonym, project.retention_days,
         ARRAY(SELECT json_build_object('id', consent.id, 'scopes', consent.scopes,
             'givenAt', consent.given_at, 'withdrawnAt', consent.withdrawn_at,
             'retainUntil', consent.retain_until)
           FROM consent WHERE consent.project_id = participant.project_id
             AND consent.participant_id = participant.id
           ORDER BY consent.given_at, consent.id) AS consents,
         ARRAY(SELECT interview.id FROM interview_participant
           JOIN interview ON interview.project_id = interview_participant.project_id
             AND interview.id = interview_participant.interview_id
           WHERE interview_participant.project_id = participant.project_id
             AND interview_participant.participant_id = participant.id
             AND interview.ingested_at IS NOT NULL
           ORDER BY interview.id) AS interview_ids
       FROM participant JOIN project ON project.id = participant.project_id
       WHERE participant.project_id = $1 AND participant.erased_at IS NULL
         AND participant.kind = 'human' AND ($2::uuid IS NULL OR participant.id > $2)
       ORDER BY participant.id LIMIT ${READ_AT_ONCE}`,
      [projectId, after],
    )) as ConsentedPerson[];
  }
}

/** `a,b` as scopes; without any, those that citing somebody takes. @throws Invalid */
export function scopesFrom(list: string | undefined): readonly ConsentScope[] {
  if (list === undefined) return CITING_SCOPES;
  const known: readonly string[] = CONSENT_SCOPES;
  const scopes = [...new Set(list.split(','))];
  if (!scopes.every((scope) => known.includes(scope))) {
    throw new Invalid('invalid-query', `scopes is a list with commas of: ${known.join(', ')}`);
  }
  return scopes as ConsentScope[];
}

function missingScopesOf(
  person: ConsentedPerson,
  scopes: readonly ConsentScope[],
  now: Date,
): ConsentScope[] {
  const consents = person.consents.map(({ id, scopes: covered, ...times }) => {
    const givenAt = new Date(times.givenAt);
    const retainUntil = times.retainUntil === null ? null : new Date(times.retainUntil);
    return {
      id,
      scopes: covered,
      givenAt,
      withdrawnAt: times.withdrawnAt === null ? null : new Date(times.withdrawnAt),
      retainUntil: retentionEnd({ givenAt, retainUntil }, person.retention_days),
    };
  });
  return missingScopes({ consents, erased: false }, scopes, now);
}

function reconsentDto(person: ConsentedPerson, missing: ConsentScope[]): ReconsentDto {
  const last = person.consents.at(-1);
  return {
    participantId: person.id,
    pseudonym: person.pseudonym,
    missingScopes: missing,
    ...(last === undefined ? {} : { lastConsentId: last.id }),
    interviewIds: person.interview_ids,
  };
}
