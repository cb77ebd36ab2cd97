import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SpokenTurn } from '../../../domain/evidence/locate-quote.js';
import { countWords } from '../../../domain/evidence/text.js';
import { type KeyRing, ParticipantKeys } from '../../../platform/security/participant-keys.js';

/** A turn as it can be read now; the words are gone when the person was erased. */
export interface OpenTurn {
  index: number;
  participantId: string | null;
  speaker: string | null;
  text: string | null;
  startMs: number | null;
}

export interface NewTurn {
  speaker: string;
  /** Null is the interviewer, or somebody nobody has named yet. */
  participantId: string | null;
  text: string;
  startMs: number | null;
}

/** One version of the words of one interview. */
export interface NewTranscript {
  interviewId: string;
  version: number;
  kind: string;
  language: string;
  producedBy: string;
  format: string | null;
  /** When it was settled who speaks; null until somebody confirms the guesses. */
  speakersConfirmedAt: Date | null;
  createdBy: string;
  createdAt: Date;
  turns: readonly NewTurn[];
  /** Whoever owns the interviewer's words; those die with this person. */
  firstParticipantId: string;
}

interface TurnRow {
  interview_id: string;
  version: number;
  index: number;
  participant_id: string | null;
  key_participant_id: string;
  sealed: Buffer;
  start_ms: number | null;
}

interface SealedTurn {
  speaker: string;
  text: string;
}

/** The words of interviews on disk: each turn sealed with its speaker's key and bound to its place. */
@Injectable()
export class TranscriptStore {
  constructor(private readonly keys: ParticipantKeys) {}

  async insert(
    manager: EntityManager,
    projectId: string,
    transcript: NewTranscript,
  ): Promise<void> {
    const { interviewId, version } = transcript;
    await manager.query(
      `INSERT INTO transcript (project_id, interview_id, version, kind, language, produced_by,
         format, speakers_confirmed_at, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        projectId,
        interviewId,
        version,
        transcript.kind,
        transcript.language,
        transcript.producedBy,
        transcript.format,
        transcript.speakersConfirmedAt,
        transcript.createdBy,
        transcript.createdAt,
      ],
    );
    const first = transcript.firstParticipantId;
    const speakers = transcript.turns.flatMap(({ participantId }) => participantId ?? []);
    const ring = await this.keys.ring(manager, projectId, [first, ...speakers]);
    const columns = transcript.turns.map((turn, index) => {
      const keyOwner = turn.participantId ?? first;
      return { ...turn, keyOwner, sealed: sealTurn(ring, keyOwner, transcript, index, turn) };
    });
    await manager.query(
      `INSERT INTO turn (project_id, interview_id, version, index, participant_id,
         key_participant_id, sealed, start_ms, word_count)
       SELECT $1, $2, $3, given.position - 1, given.speaker, given.key_owner, given.sealed,
         given.start_ms, given.word_count
       FROM unnest($4::uuid[], $5::uuid[], $6::bytea[], $7::int[], $8::int[])
         WITH ORDINALITY AS given (speaker, key_owner, sealed, start_ms, word_count, position)`,
      [
        projectId,
        interviewId,
        version,
        columns.map((turn) => turn.participantId),
        columns.map((turn) => turn.keyOwner),
        columns.map((turn) => turn.sealed),
        columns.map((turn) => turn.startMs),
        columns.map((turn) => countWords(turn.text)),
      ],
    );
  }

  /** Every turn of the version in force of these interviews, in order; two queries for any number. */
  async current(
    manager: EntityManager,
    projectId: string,
    interviewIds: readonly string[],
  ): Promise<Map<string, OpenTurn[]>> {
    return await this.inForce(manager, projectId, interviewIds, false);
  }

  /** The same without the interviewer's turns: what nobody reads stays sealed, and costs nothing. */
  async currentOfPeople(
    manager: EntityManager,
    projectId: string,
    interviewIds: readonly string[],
  ): Promise<Map<string, OpenTurn[]>> {
    return await this.inForce(manager, projectId, interviewIds, true);
  }

  /** Every turn of one version. */
  async version(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    version: number,
  ): Promise<OpenTurn[]> {
    const rows = (await manager.query(
      `SELECT turn.interview_id, turn.version, turn.index, turn.participant_id,
         turn.key_participant_id, turn.sealed, turn.start_ms
       FROM turn WHERE turn.project_id = $1 AND turn.interview_id = $2 AND turn.version = $3
       ORDER BY turn.index`,
      [projectId, interviewId, version],
    )) as TurnRow[];
    return await this.open(manager, projectId, rows);
  }

  /** Single turns, each of its own version; null for one that does not exist. */
  async turnsAt(
    manager: EntityManager,
    projectId: string,
    places: readonly { interviewId: string; version: number; turn: number }[],
  ): Promise<(OpenTurn | null)[]> {
    const rows = (await manager.query(
      `SELECT turn.interview_id, turn.version, turn.index, turn.participant_id,
         turn.key_participant_id, turn.sealed, turn.start_ms
       FROM unnest($2::uuid[], $3::int[], $4::int[]) AS wanted (interview_id, version, index)
       JOIN turn ON turn.project_id = $1 AND turn.interview_id = wanted.interview_id
         AND turn.version = wanted.version AND turn.index = wanted.index`,
      [
        projectId,
        places.map(({ interviewId }) => interviewId),
        places.map(({ version }) => version),
        places.map(({ turn }) => turn),
      ],
    )) as TurnRow[];
    const opened = await this.open(manager, projectId, rows);
    return places.map(({ interviewId, version, turn }) => {
      const at = rows.findIndex(
        (row) => row.interview_id === interviewId && row.version === version && row.index === turn,
      );
      return opened[at] ?? null;
    });
  }

  /** Writes turns again in place: under other speakers, or with words blacked out. */
  async rewrite(
    manager: EntityManager,
    projectId: string,
    place: { interviewId: string; version: number; firstParticipantId: string },
    turns: readonly OpenTurn[],
  ): Promise<void> {
    const first = place.firstParticipantId;
    const speakers = turns.flatMap(({ participantId }) => participantId ?? []);
    const ring = await this.keys.ring(manager, projectId, [first, ...speakers]);
    const columns = turns.map((turn) => {
      const keyOwner = turn.participantId ?? first;
      const words = { speaker: turn.speaker ?? '', text: turn.text ?? '' };
      return { ...turn, keyOwner, sealed: sealTurn(ring, keyOwner, place, turn.index, words) };
    });
    await manager.query(
      `UPDATE turn SET participant_id = given.speaker, key_participant_id = given.key_owner,
         sealed = given.sealed
       FROM unnest($4::int[], $5::uuid[], $6::uuid[], $7::bytea[])
         AS given (index, speaker, key_owner, sealed)
       WHERE turn.project_id = $1 AND turn.interview_id = $2 AND turn.version = $3
         AND turn.index = given.index`,
      [
        projectId,
        place.interviewId,
        place.version,
        columns.map((turn) => turn.index),
        columns.map((turn) => turn.participantId),
        columns.map((turn) => turn.keyOwner),
        columns.map((turn) => turn.sealed),
      ],
    );
  }

  private async inForce(
    manager: EntityManager,
    projectId: string,
    interviewIds: readonly string[],
    ofPeople: boolean,
  ): Promise<Map<string, OpenTurn[]>> {
    // The ids are said of the turns too: otherwise a table of a thousand interviews is read whole.
    const rows = (await manager.query(
      `SELECT turn.interview_id, turn.version, turn.index, turn.participant_id,
         turn.key_participant_id, turn.sealed, turn.start_ms
       FROM interview JOIN turn ON turn.project_id = interview.project_id
         AND turn.interview_id = interview.id AND turn.version = interview.transcript_version
       WHERE interview.project_id = $1 AND interview.id = ANY($2)
         AND turn.interview_id = ANY($2)
         AND (turn.participant_id IS NOT NULL OR NOT $3::boolean)
       ORDER BY turn.interview_id, turn.index`,
      [projectId, interviewIds, ofPeople],
    )) as TurnRow[];
    const opened = await this.open(manager, projectId, rows);
    const byInterview = new Map<string, OpenTurn[]>(interviewIds.map((id) => [id, []]));
    for (const [at, row] of rows.entries()) {
      const turn = opened[at];
      if (turn !== undefined) byInterview.get(row.interview_id)?.push(turn);
    }
    return byInterview;
  }

  private async open(
    manager: EntityManager,
    projectId: string,
    rows: readonly TurnRow[],
  ): Promise<OpenTurn[]> {
    const ring = await this.keys.ring(
      manager,
      projectId,
      rows.map((row) => row.key_participant_id),
    );
    return rows.map((row) => {
      const place = { interviewId: row.interview_id, version: row.version };
      const { key_participant_id: owner, sealed } = row;
      // Nothing is left of a turn of an older version once words of it were blacked out.
      const isEmpty = sealed.length === 0;
      const opened = isEmpty ? null : ring.open(owner, sealed, turnContext(place, row.index));
      const words = opened === null ? null : (JSON.parse(opened) as SealedTurn);
      return {
        index: row.index,
        participantId: row.participant_id,
        speaker: words?.speaker ?? null,
        text: words?.text ?? null,
        startMs: row.start_ms,
      };
    });
  }
}

/** The turns whose words can still be read, as the quote rules want them. */
export function readable(turns: readonly OpenTurn[]): SpokenTurn[] {
  return turns.flatMap(({ index, participantId, text }) =>
    text === null ? [] : [{ index, participantId, text }],
  );
}

interface TranscriptPlace {
  interviewId: string;
  version: number;
}

function sealTurn(
  ring: KeyRing,
  keyOwner: string,
  place: TranscriptPlace,
  index: number,
  { speaker, text }: SealedTurn,
): Buffer {
  return ring.seal(keyOwner, JSON.stringify({ speaker, text }), turnContext(place, index));
}

/** First versions were sealed before there were others. */
export function versionContext({ interviewId, version }: TranscriptPlace): string {
  return version === 1 ? interviewId : `${interviewId}/v${version}`;
}

/** What a sealed observation is bound to. */
export function observationContext(interviewId: string, index: number): string {
  return `${interviewId}/observation/${index}`;
}

function turnContext(place: TranscriptPlace, index: number): string {
  return `${versionContext(place)}/turn/${index}`;
}
