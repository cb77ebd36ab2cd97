import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import {
  likelyPairs,
  LIKENESS_WORDS_MIN,
  shinglesOf,
  type Sketch,
} from '../../../domain/evidence/measures/likeness.js';
import { countWords } from '../../../domain/evidence/text.js';
import type { Config } from '../../../platform/config/config.js';
import { CONFIG } from '../../../platform/config/config.token.js';
import { type KeyRing, ParticipantKeys } from '../../../platform/security/participant-keys.js';
import { TranscriptStore } from '../interviews/transcript-store.js';
import { likenessKey } from './participant-identities.js';
import { ParticipantPairs } from './participant-pairs.js';

/** What one person said. */
interface Spoken {
  participantId: string;
  texts: readonly string[];
}

interface SketchRow {
  participant_id: string;
  word_count: number;
  sealed: Buffer;
}

/** Eight bytes: among the word pairs of two people a chance agreement is one in 10^11. */
const SHINGLE_BYTES = 8;
/** Its length as base64url without padding. */
const SHINGLE_CHARS = 11;
/** Outside the study, whoever was heard last is the likeliest to come again under another name. */
const RECENT_PEOPLE = 200;
/** Sessions looked through for them. */
const RECENT_INTERVIEWS = 2_000;
/** Enough to know somebody by; more would make a diary of years dear to add to. */
const SKETCHED_INTERVIEWS = 10;
/** People opened at a time, so that others are served in between. */
const COMPARED_AT_ONCE = 25;

/** Keyed sketches of how people talk: they find one person under two names, and die with their key. */
@Injectable()
export class ParticipantSketches {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly keys: ParticipantKeys,
    private readonly pairs: ParticipantPairs,
    private readonly transcripts: TranscriptStore,
  ) {}

  /**
   * Takes in what people said in an interview, in place of what they were noted to have said in it
   * before, and compares those who spoke with the other people of its study and with those heard last in
   * the project. Likely pairs wait for a member's decision.
   * @param spoken all that is in force of this interview, by speaker
   */
  async afterWords(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    spoken: readonly Spoken[],
  ): Promise<void> {
    const sketches = await this.renew(manager, projectId, interviewId, spoken);
    const newcomers = sketches.filter(({ id }) =>
      spoken.some(({ participantId }) => participantId === id),
    );
    if (!newcomers.some(({ words }) => words >= LIKENESS_WORDS_MIN)) return;
    const ids = new Set(newcomers.map(({ id }) => id));
    const others = await this.comparable(manager, projectId, interviewId, [...ids]);
    const ring = await this.keys.ring(
      manager,
      projectId,
      others.map((row) => row.participant_id),
    );
    // Newcomers are compared with one another in every round; the pair is the same each time.
    const likely = new Map<string, { one: string; other: string; likeness: number }>();
    for (let at = 0; at === 0 || at < others.length; at += COMPARED_AT_ONCE) {
      const known = others
        .slice(at, at + COMPARED_AT_ONCE)
        .flatMap((row) => openSketch(ring, projectId, row) ?? []);
      for (const pair of likelyPairs([...known, ...newcomers], ids)) {
        likely.set(`${pair.one}/${pair.other}`, pair);
      }
      await setImmediate();
    }
    await this.pairs.suspect(
      manager,
      projectId,
      [...likely.values()].map((pair) => ({ ...pair, foundBy: 'likeness' })),
    );
  }

  /**
   * Sketches of everybody in the interview, made anew: after a correction, or when it turns out that
   * somebody else was speaking, nobody keeps words that are not theirs.
   */
  private async renew(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    spoken: readonly Spoken[],
  ): Promise<Sketch[]> {
    const ids = await this.lockLive(manager, projectId, interviewId);
    const earlier = await this.elsewhere(manager, projectId, interviewId, ids);
    const ring = await this.keys.ring(manager, projectId, ids);
    const sketches: Sketch[] = [];
    for (const id of ids) {
      const here = spoken.filter(({ participantId }) => participantId === id);
      const texts = [...(earlier.get(id) ?? []), ...here.flatMap((one) => one.texts)];
      const sketch = this.sketch(projectId, id, texts);
      await this.store(manager, projectId, ring, sketch);
      sketches.push(sketch);
    }
    return sketches;
  }

  /** Two interviews of one person wait for each other here, and an erasure for both. */
  private async lockLive(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
  ): Promise<string[]> {
    const rows = (await manager.query(
      `SELECT participant.id, participant.erased_at FROM participant
       WHERE participant.project_id = $1 AND participant.id IN (
         SELECT interview_participant.participant_id FROM interview_participant
         WHERE interview_participant.project_id = $1 AND interview_participant.interview_id = $2)
       ORDER BY participant.id FOR NO KEY UPDATE OF participant`,
      [projectId, interviewId],
    )) as { id: string; erased_at: Date | null }[];
    return rows.flatMap((row) => (row.erased_at === null ? [row.id] : []));
  }

  /** What these people said in other interviews, the newest of them. */
  private async elsewhere(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    participantIds: readonly string[],
  ): Promise<Map<string, string[]>> {
    const rows = (await manager.query(
      `SELECT person.id AS participant_id, other.id AS interview_id
       FROM unnest($3::uuid[]) AS person (id)
       CROSS JOIN LATERAL (
         SELECT interview.id FROM interview_participant
         JOIN interview ON interview.project_id = interview_participant.project_id
           AND interview.id = interview_participant.interview_id
         WHERE interview_participant.project_id = $1
           AND interview_participant.participant_id = person.id
           AND interview.id <> $2 AND interview.transcript_version IS NOT NULL
         ORDER BY interview.ended_at DESC, interview.id LIMIT ${SKETCHED_INTERVIEWS}) AS other`,
      [projectId, interviewId, participantIds],
    )) as { participant_id: string; interview_id: string }[];
    const interviews = await this.transcripts.current(manager, projectId, [
      ...new Set(rows.map((row) => row.interview_id)),
    ]);
    const texts = new Map<string, string[]>();
    for (const { participant_id: id, interview_id: from } of rows) {
      const own = (interviews.get(from) ?? []).flatMap((turn) =>
        turn.participantId === id && turn.text !== null ? [turn.text] : [],
      );
      texts.set(id, [...(texts.get(id) ?? []), ...own]);
    }
    return texts;
  }

  private sketch(projectId: string, id: string, texts: readonly string[]): Sketch {
    const key = likenessKey(this.config, projectId);
    const hash = (shingle: string): string =>
      createHmac('sha256', key).update(shingle).digest().toString('base64url', 0, SHINGLE_BYTES);
    const words = texts.reduce((sum, text) => sum + countWords(text), 0);
    return { id, words, shingles: shinglesOf(texts, hash) };
  }

  private async store(
    manager: EntityManager,
    projectId: string,
    ring: KeyRing,
    { id, words, shingles }: Sketch,
  ): Promise<void> {
    if (words === 0) {
      await manager.query(
        'DELETE FROM participant_sketch WHERE project_id = $1 AND participant_id = $2',
        [projectId, id],
      );
      return;
    }
    // Sorted, so that the order in which things were said is not kept.
    const text = [...shingles].toSorted().join('');
    await manager.query(
      `INSERT INTO participant_sketch (project_id, participant_id, word_count, sealed)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (project_id, participant_id)
         DO UPDATE SET word_count = EXCLUDED.word_count, sealed = EXCLUDED.sealed`,
      [projectId, id, words, ring.seal(id, text, sketchContext(projectId, id))],
    );
  }

  /** Sketches worth comparing: everybody else of the study, then whoever was heard last. */
  private async comparable(
    manager: EntityManager,
    projectId: string,
    interviewId: string,
    newcomers: readonly string[],
  ): Promise<SketchRow[]> {
    return (await manager.query(
      `WITH same_study AS (
         SELECT DISTINCT interview_participant.participant_id
         FROM interview AS this
         JOIN interview ON interview.project_id = this.project_id
           AND interview.study_id = this.study_id
         JOIN interview_participant ON interview_participant.project_id = interview.project_id
           AND interview_participant.interview_id = interview.id
         WHERE this.project_id = $1 AND this.id = $2
       ), newest AS (
         SELECT interview.id, interview.ended_at FROM interview
         WHERE interview.project_id = $1 AND interview.ingested_at IS NOT NULL
         ORDER BY interview.ended_at DESC, interview.id LIMIT ${RECENT_INTERVIEWS}
       ), heard_last AS (
         SELECT interview_participant.participant_id
         FROM newest
         JOIN interview_participant ON interview_participant.project_id = $1
           AND interview_participant.interview_id = newest.id
         WHERE NOT interview_participant.participant_id = ANY($3)
           AND NOT EXISTS (SELECT FROM same_study
             WHERE same_study.participant_id = interview_participant.participant_id)
         GROUP BY interview_participant.participant_id
         ORDER BY max(newest.ended_at) DESC, interview_participant.participant_id
         LIMIT ${RECENT_PEOPLE}
       )
       SELECT participant_sketch.participant_id, participant_sketch.word_count,
         participant_sketch.sealed
       FROM participant_sketch
       WHERE participant_sketch.project_id = $1 AND participant_sketch.word_count >= $4
         AND NOT participant_sketch.participant_id = ANY($3)
         AND participant_sketch.participant_id IN (
           SELECT same_study.participant_id FROM same_study
           UNION ALL SELECT heard_last.participant_id FROM heard_last)
       ORDER BY participant_sketch.participant_id`,
      [projectId, interviewId, newcomers, LIKENESS_WORDS_MIN],
    )) as SketchRow[];
  }
}

/** Null when the person was erased in the meantime. */
function openSketch(ring: KeyRing, projectId: string, row: SketchRow): Sketch | null {
  const id = row.participant_id;
  const text = ring.open(id, row.sealed, sketchContext(projectId, id));
  if (text === null) return null;
  const shingles = new Set<string>();
  for (let at = 0; at < text.length; at += SHINGLE_CHARS) {
    shingles.add(text.slice(at, at + SHINGLE_CHARS));
  }
  return { id, words: row.word_count, shingles };
}

function sketchContext(projectId: string, participantId: string): string {
  return `${projectId}/participant/${participantId}/sketch`;
}
