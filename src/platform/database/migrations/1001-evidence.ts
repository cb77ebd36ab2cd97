import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * People, consents, interviews, quotes, insights and searches. Words and identities are sealed with
 * a key per participant (`*_sealed`); everything else is pseudonymous.
 */
export class Evidence1001000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE participant (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        pseudonym text NOT NULL,
        kind text NOT NULL,
        population text NOT NULL,
        account_ref text,
        buying_roles text[] NOT NULL,
        conflict text NOT NULL,
        identity_sealed bytea,
        erased_at timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT participant_pk PRIMARY KEY (project_id, id),
        CONSTRAINT participant_pseudonym_uq UNIQUE (project_id, pseudonym),
        CONSTRAINT participant_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      -- One key per person, wrapped by the key-encryption key; destroying it destroys the words.
      CREATE TABLE participant_key (
        project_id uuid NOT NULL,
        participant_id uuid NOT NULL,
        wrapped bytea,
        destroyed_at timestamptz,
        CONSTRAINT participant_key_pk PRIMARY KEY (project_id, participant_id),
        CONSTRAINT participant_key_state_ck CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
        CONSTRAINT participant_key_participant_fk FOREIGN KEY (project_id, participant_id)
          REFERENCES participant (project_id, id)
      );

      CREATE TABLE consent (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        participant_id uuid NOT NULL,
        scopes text[] NOT NULL,
        given_at timestamptz NOT NULL,
        how text NOT NULL,
        notice_version text NOT NULL,
        retain_until timestamptz,
        withdrawn_at timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT consent_pk PRIMARY KEY (project_id, id),
        CONSTRAINT consent_participant_fk FOREIGN KEY (project_id, participant_id)
          REFERENCES participant (project_id, id)
      );
      CREATE INDEX consent_participant_ix ON consent (project_id, participant_id);

      CREATE TABLE question (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        text text NOT NULL,
        signal jsonb,
        tags text[] NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT question_pk PRIMARY KEY (project_id, id),
        CONSTRAINT question_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE study (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        question_id uuid,
        name text NOT NULL,
        method text NOT NULL,
        population text NOT NULL,
        planned_interviews integer NOT NULL,
        anchor_event text,
        guide text,
        created_at timestamptz NOT NULL,
        CONSTRAINT study_pk PRIMARY KEY (project_id, id),
        CONSTRAINT study_question_fk FOREIGN KEY (project_id, question_id)
          REFERENCES question (project_id, id),
        CONSTRAINT study_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE interview (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        study_id uuid,
        method text NOT NULL,
        modality text NOT NULL,
        interactive boolean NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL,
        interviewer text NOT NULL,
        anchor_event_at timestamptz,
        exposure_to text,
        language text,
        produced_by text,
        ingested_at timestamptz,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT interview_pk PRIMARY KEY (project_id, id),
        CONSTRAINT interview_order_ck CHECK (started_at <= ended_at),
        CONSTRAINT interview_study_fk FOREIGN KEY (project_id, study_id)
          REFERENCES study (project_id, id),
        CONSTRAINT interview_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );
      CREATE INDEX interview_study_ix ON interview (project_id, study_id);

      CREATE TABLE interview_participant (
        project_id uuid NOT NULL,
        interview_id uuid NOT NULL,
        participant_id uuid NOT NULL,
        position integer NOT NULL,
        speaks_for jsonb NOT NULL,
        CONSTRAINT interview_participant_pk PRIMARY KEY (project_id, interview_id, participant_id),
        CONSTRAINT interview_participant_interview_fk FOREIGN KEY (project_id, interview_id)
          REFERENCES interview (project_id, id),
        CONSTRAINT interview_participant_participant_fk FOREIGN KEY (project_id, participant_id)
          REFERENCES participant (project_id, id)
      );
      CREATE INDEX interview_participant_person_ix
        ON interview_participant (project_id, participant_id);

      -- participant_id is who speaks (absent: the interviewer); key_participant_id whose key seals it.
      CREATE TABLE turn (
        project_id uuid NOT NULL,
        interview_id uuid NOT NULL,
        index integer NOT NULL,
        participant_id uuid,
        key_participant_id uuid NOT NULL,
        sealed bytea NOT NULL,
        start_ms integer,
        CONSTRAINT turn_pk PRIMARY KEY (project_id, interview_id, index),
        CONSTRAINT turn_interview_fk FOREIGN KEY (project_id, interview_id)
          REFERENCES interview (project_id, id),
        CONSTRAINT turn_key_fk FOREIGN KEY (project_id, key_participant_id)
          REFERENCES participant_key (project_id, participant_id)
      );

      CREATE TABLE observation (
        project_id uuid NOT NULL,
        interview_id uuid NOT NULL,
        index integer NOT NULL,
        participant_id uuid NOT NULL,
        at timestamptz NOT NULL,
        sealed bytea NOT NULL,
        CONSTRAINT observation_pk PRIMARY KEY (project_id, interview_id, index),
        CONSTRAINT observation_interview_fk FOREIGN KEY (project_id, interview_id)
          REFERENCES interview (project_id, id),
        CONSTRAINT observation_key_fk FOREIGN KEY (project_id, participant_id)
          REFERENCES participant_key (project_id, participant_id)
      );

      -- "end" and "start" are code points of the turn's text, half-open.
      CREATE TABLE quote (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        interview_id uuid NOT NULL,
        turn_index integer NOT NULL,
        start_at integer NOT NULL,
        end_at integer NOT NULL,
        participant_id uuid NOT NULL,
        exact_sealed bytea NOT NULL,
        word_count integer NOT NULL,
        temporality text,
        elicitation text,
        force text,
        moment text,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT quote_pk PRIMARY KEY (project_id, id),
        CONSTRAINT quote_span_uq UNIQUE (project_id, interview_id, turn_index, start_at, end_at),
        CONSTRAINT quote_range_ck CHECK (start_at >= 0 AND start_at < end_at),
        CONSTRAINT quote_turn_fk FOREIGN KEY (project_id, interview_id, turn_index)
          REFERENCES turn (project_id, interview_id, index),
        CONSTRAINT quote_key_fk FOREIGN KEY (project_id, participant_id)
          REFERENCES participant_key (project_id, participant_id)
      );

      CREATE TABLE insight (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        statement text NOT NULL,
        audience jsonb NOT NULL,
        question_id uuid,
        job text,
        fired_solution text,
        next_job text,
        tags text[] NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT insight_pk PRIMARY KEY (project_id, id),
        CONSTRAINT insight_question_fk FOREIGN KEY (project_id, question_id)
          REFERENCES question (project_id, id),
        CONSTRAINT insight_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE evidence_entry (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        insight_id uuid NOT NULL,
        quote_id uuid,
        interview_id uuid,
        disposition text NOT NULL,
        response text,
        reason text,
        reader_id uuid NOT NULL,
        read_at timestamptz NOT NULL,
        CONSTRAINT evidence_entry_pk PRIMARY KEY (project_id, id),
        CONSTRAINT evidence_entry_quote_uq UNIQUE (project_id, insight_id, quote_id),
        CONSTRAINT evidence_entry_target_ck CHECK ((quote_id IS NULL) <> (interview_id IS NULL)),
        CONSTRAINT evidence_entry_insight_fk FOREIGN KEY (project_id, insight_id)
          REFERENCES insight (project_id, id),
        CONSTRAINT evidence_entry_quote_fk FOREIGN KEY (project_id, quote_id)
          REFERENCES quote (project_id, id),
        CONSTRAINT evidence_entry_interview_fk FOREIGN KEY (project_id, interview_id)
          REFERENCES interview (project_id, id)
      );
      CREATE UNIQUE INDEX evidence_entry_interview_uq
        ON evidence_entry (project_id, insight_id, interview_id) WHERE interview_id IS NOT NULL;

      CREATE TABLE negative_search (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        insight_id uuid NOT NULL,
        queries text[] NOT NULL,
        interviews_searched integer NOT NULL,
        ran_at timestamptz NOT NULL,
        ran_by uuid NOT NULL,
        CONSTRAINT negative_search_pk PRIMARY KEY (project_id, id),
        CONSTRAINT negative_search_insight_fk FOREIGN KEY (project_id, insight_id)
          REFERENCES insight (project_id, id)
      );
      CREATE INDEX negative_search_insight_ix ON negative_search (project_id, insight_id);

      CREATE TABLE negative_search_hit (
        project_id uuid NOT NULL,
        search_id uuid NOT NULL,
        interview_id uuid NOT NULL,
        turn_index integer NOT NULL,
        found_by text NOT NULL,
        disposition text,
        response text,
        CONSTRAINT negative_search_hit_pk
          PRIMARY KEY (project_id, search_id, interview_id, turn_index),
        CONSTRAINT negative_search_hit_search_fk FOREIGN KEY (project_id, search_id)
          REFERENCES negative_search (project_id, id),
        CONSTRAINT negative_search_hit_turn_fk FOREIGN KEY (project_id, interview_id, turn_index)
          REFERENCES turn (project_id, interview_id, index)
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE negative_search_hit, negative_search, evidence_entry, insight, quote, observation,
        turn, interview_participant, interview, study, question, consent, participant_key, participant
    `);
  }
}
