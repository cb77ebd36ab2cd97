import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Transcripts have versions, people may turn out to be one, claims have a second reader, departments
 * acknowledge, policies have versions. Whatever can carry somebody's words or name is sealed with that
 * person's key or is a keyed digest.
 */
export class EvidenceInDepth1005000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(PEOPLE);
    await db.query(STUDIES);
    await db.query(TRANSCRIPTS);
    await db.query(CLAIMS);
    await db.query(GATES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE evidence_policy, evidence_gap_answer, impact_acknowledgement, insight_reading,
        quote_code, code, imported_file, redaction, participant_pair,
        participant_sketch, participant_digest;
      ALTER TABLE decision DROP COLUMN learning;
      ALTER TABLE insight DROP COLUMN forces, DROP COLUMN firing_trigger,
        DROP COLUMN switch_timeline, DROP COLUMN state, DROP COLUMN review_by,
        DROP COLUMN state_reason, DROP COLUMN superseded_by;
      ALTER TABLE negative_search_hit DROP CONSTRAINT negative_search_hit_turn_fk;
      ALTER TABLE quote DROP CONSTRAINT quote_turn_fk, DROP CONSTRAINT quote_span_uq;
      DELETE FROM quote WHERE transcript_version > 1;
      DELETE FROM negative_search_hit WHERE transcript_version > 1;
      DELETE FROM turn WHERE version > 1;
      ALTER TABLE turn DROP CONSTRAINT turn_pk, DROP CONSTRAINT turn_transcript_fk,
        DROP COLUMN version, DROP COLUMN word_count,
        ADD CONSTRAINT turn_pk PRIMARY KEY (project_id, interview_id, index),
        ADD CONSTRAINT turn_interview_fk FOREIGN KEY (project_id, interview_id)
          REFERENCES interview (project_id, id);
      ALTER TABLE quote DROP COLUMN transcript_version, DROP COLUMN lost_in_version,
        DROP COLUMN context_sealed,
        ADD CONSTRAINT quote_span_uq
          UNIQUE (project_id, interview_id, turn_index, start_at, end_at),
        ADD CONSTRAINT quote_turn_fk FOREIGN KEY (project_id, interview_id, turn_index)
          REFERENCES turn (project_id, interview_id, index);
      ALTER TABLE negative_search_hit DROP COLUMN transcript_version,
        ADD CONSTRAINT negative_search_hit_turn_fk
          FOREIGN KEY (project_id, interview_id, turn_index)
          REFERENCES turn (project_id, interview_id, index);
      ALTER TABLE interview ADD COLUMN language text, ADD COLUMN produced_by text;
      UPDATE interview SET language = transcript.language, produced_by = transcript.produced_by
        FROM transcript WHERE transcript.project_id = interview.project_id
          AND transcript.interview_id = interview.id AND transcript.version = 1;
      DROP TABLE transcript;
      DROP INDEX interview_newest_ix, interview_exposure_ix, evidence_entry_quote_ix,
        evidence_entry_interview_ix;
      ALTER TABLE interview DROP COLUMN transcript_version;
      ALTER TABLE study DROP COLUMN template, DROP COLUMN guide_questions, DROP COLUMN people_plan,
        DROP COLUMN stopping_rule;
      ALTER TABLE question DROP COLUMN state, DROP COLUMN answer, DROP COLUMN state_changed_at;
      ALTER TABLE participant DROP COLUMN merged_into, DROP COLUMN recruited_by;
      ALTER TABLE project DROP COLUMN market, DROP COLUMN retention_days,
        DROP COLUMN employer_domains;
    `);
  }
}

const PEOPLE = `
  ALTER TABLE project
    ADD COLUMN market text NOT NULL DEFAULT 'b2c',
    ADD COLUMN retention_days integer NOT NULL DEFAULT 730,
    ADD COLUMN employer_domains text[] NOT NULL DEFAULT '{}';

  -- Who was found to be the same person keeps their history under the first pseudonym.
  ALTER TABLE participant ADD COLUMN merged_into uuid, ADD COLUMN recruited_by uuid,
    ADD CONSTRAINT participant_merged_fk FOREIGN KEY (project_id, merged_into)
      REFERENCES participant (project_id, id),
    ADD CONSTRAINT participant_merged_ck CHECK (merged_into <> id),
    ADD CONSTRAINT participant_recruited_fk FOREIGN KEY (project_id, recruited_by)
      REFERENCES member (project_id, id);

  -- Keyed digest of a normalised e-mail or telephone number: tells equal people, nothing else.
  CREATE TABLE participant_digest (
    project_id uuid NOT NULL,
    digest bytea NOT NULL,
    participant_id uuid NOT NULL,
    CONSTRAINT participant_digest_pk PRIMARY KEY (project_id, digest, participant_id),
    CONSTRAINT participant_digest_participant_fk FOREIGN KEY (project_id, participant_id)
      REFERENCES participant (project_id, id)
  );
  CREATE INDEX participant_digest_person_ix ON participant_digest (project_id, participant_id);

  -- Keyed shingles of what the person said, sealed with the person's own key.
  CREATE TABLE participant_sketch (
    project_id uuid NOT NULL,
    participant_id uuid NOT NULL,
    word_count integer NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT participant_sketch_pk PRIMARY KEY (project_id, participant_id),
    CONSTRAINT participant_sketch_key_fk FOREIGN KEY (project_id, participant_id)
      REFERENCES participant_key (project_id, participant_id)
  );

  -- Two pseudonyms that may be one person; only a member decides.
  CREATE TABLE participant_pair (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    first_id uuid NOT NULL,
    second_id uuid NOT NULL,
    found_by text NOT NULL,
    likeness double precision,
    found_at timestamptz NOT NULL,
    decision text,
    reason text,
    decided_by uuid,
    decided_at timestamptz,
    CONSTRAINT participant_pair_pk PRIMARY KEY (project_id, id),
    CONSTRAINT participant_pair_people_uq UNIQUE (project_id, first_id, second_id),
    CONSTRAINT participant_pair_order_ck CHECK (first_id < second_id),
    CONSTRAINT participant_pair_found_ck CHECK (found_by IN ('identity', 'likeness')),
    CONSTRAINT participant_pair_decision_ck
      CHECK (decision IN ('same_person', 'different_people')),
    CONSTRAINT participant_pair_first_fk FOREIGN KEY (project_id, first_id)
      REFERENCES participant (project_id, id),
    CONSTRAINT participant_pair_second_fk FOREIGN KEY (project_id, second_id)
      REFERENCES participant (project_id, id)
  );
  CREATE INDEX participant_pair_second_ix ON participant_pair (project_id, second_id);
`;

const STUDIES = `
  ALTER TABLE question ADD COLUMN state text NOT NULL DEFAULT 'open', ADD COLUMN answer text,
    ADD COLUMN state_changed_at timestamptz;
  UPDATE question SET state_changed_at = created_at;
  ALTER TABLE question ALTER COLUMN state DROP DEFAULT,
    ALTER COLUMN state_changed_at SET NOT NULL;

  ALTER TABLE study ADD COLUMN template text, ADD COLUMN guide_questions jsonb,
    ADD COLUMN people_plan jsonb, ADD COLUMN stopping_rule text;

  -- What makes an import resumable: a keyed digest of a file and its row of the manifest.
  CREATE TABLE imported_file (
    project_id uuid NOT NULL,
    study_id uuid NOT NULL,
    digest bytea NOT NULL,
    interview_id uuid NOT NULL,
    CONSTRAINT imported_file_pk PRIMARY KEY (project_id, study_id, digest),
    CONSTRAINT imported_file_interview_fk FOREIGN KEY (project_id, interview_id)
      REFERENCES interview (project_id, id)
  );
`;

const TRANSCRIPTS = `
  CREATE TABLE transcript (
    project_id uuid NOT NULL,
    interview_id uuid NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    language text NOT NULL,
    produced_by text NOT NULL,
    format text,
    speakers_confirmed_at timestamptz,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT transcript_pk PRIMARY KEY (project_id, interview_id, version),
    CONSTRAINT transcript_kind_ck
      CHECK (kind IN ('raw', 'corrected', 'pseudonymised', 'translated')),
    CONSTRAINT transcript_interview_fk FOREIGN KEY (project_id, interview_id)
      REFERENCES interview (project_id, id)
  );
  INSERT INTO transcript (project_id, interview_id, version, kind, language, produced_by,
      speakers_confirmed_at, created_by, created_at)
    SELECT interview.project_id, interview.id, 1, 'raw', interview.language,
      interview.produced_by, interview.ingested_at, interview.created_by, interview.ingested_at
    FROM interview WHERE interview.language IS NOT NULL;
  ALTER TABLE interview ADD COLUMN transcript_version integer;
  UPDATE interview SET transcript_version = 1 WHERE language IS NOT NULL;
  ALTER TABLE interview DROP COLUMN language, DROP COLUMN produced_by;
  CREATE INDEX interview_newest_ix ON interview (project_id, ended_at DESC, id)
    WHERE ingested_at IS NOT NULL;
  CREATE INDEX interview_exposure_ix ON interview (project_id, exposure_to)
    WHERE exposure_to IS NOT NULL;

  ALTER TABLE quote DROP CONSTRAINT quote_turn_fk, DROP CONSTRAINT quote_span_uq;
  ALTER TABLE negative_search_hit DROP CONSTRAINT negative_search_hit_turn_fk;
  ALTER TABLE turn ADD COLUMN version integer NOT NULL DEFAULT 1,
    -- The sealed length is all that can be known of older words.
    ADD COLUMN word_count integer NOT NULL DEFAULT 0,
    DROP CONSTRAINT turn_pk, DROP CONSTRAINT turn_interview_fk;
  UPDATE turn SET word_count = greatest((octet_length(sealed) - 60) / 6, 0);
  ALTER TABLE turn ALTER COLUMN version DROP DEFAULT, ALTER COLUMN word_count DROP DEFAULT,
    ADD CONSTRAINT turn_pk PRIMARY KEY (project_id, interview_id, version, index),
    ADD CONSTRAINT turn_transcript_fk FOREIGN KEY (project_id, interview_id, version)
      REFERENCES transcript (project_id, interview_id, version);

  -- context_sealed: the words just before and after. lost_in_version: a version without the words.
  ALTER TABLE quote ADD COLUMN transcript_version integer NOT NULL DEFAULT 1,
    ADD COLUMN lost_in_version integer, ADD COLUMN context_sealed bytea,
    ADD CONSTRAINT quote_span_uq
      UNIQUE (project_id, interview_id, transcript_version, turn_index, start_at, end_at),
    ADD CONSTRAINT quote_turn_fk
      FOREIGN KEY (project_id, interview_id, transcript_version, turn_index)
      REFERENCES turn (project_id, interview_id, version, index);
  ALTER TABLE quote ALTER COLUMN transcript_version DROP DEFAULT;
  ALTER TABLE negative_search_hit ADD COLUMN transcript_version integer NOT NULL DEFAULT 1,
    ADD CONSTRAINT negative_search_hit_turn_fk
      FOREIGN KEY (project_id, interview_id, transcript_version, turn_index)
      REFERENCES turn (project_id, interview_id, version, index);
  ALTER TABLE negative_search_hit ALTER COLUMN transcript_version DROP DEFAULT;

  -- Words that were made unreadable in place: the length stays, so every position stays true.
  CREATE TABLE redaction (
    project_id uuid NOT NULL,
    interview_id uuid NOT NULL,
    version integer NOT NULL,
    turn_index integer NOT NULL,
    start_at integer NOT NULL,
    end_at integer NOT NULL,
    reason text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT redaction_pk
      PRIMARY KEY (project_id, interview_id, version, turn_index, start_at, end_at),
    CONSTRAINT redaction_turn_fk
      FOREIGN KEY (project_id, interview_id, version, turn_index)
      REFERENCES turn (project_id, interview_id, version, index)
  );

  -- Codes of a codebook, and the quotes they mark.
  CREATE TABLE code (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    study_id uuid NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    codable boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT code_pk PRIMARY KEY (project_id, id),
    CONSTRAINT code_parent_fk FOREIGN KEY (project_id, parent_id)
      REFERENCES code (project_id, id),
    CONSTRAINT code_study_fk FOREIGN KEY (project_id, study_id)
      REFERENCES study (project_id, id)
  );
  CREATE UNIQUE INDEX code_name_uq
    ON code (project_id, study_id, coalesce(parent_id, study_id), name);

  CREATE TABLE quote_code (
    project_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    code_id uuid NOT NULL,
    CONSTRAINT quote_code_pk PRIMARY KEY (project_id, quote_id, code_id),
    CONSTRAINT quote_code_quote_fk FOREIGN KEY (project_id, quote_id)
      REFERENCES quote (project_id, id),
    CONSTRAINT quote_code_code_fk FOREIGN KEY (project_id, code_id)
      REFERENCES code (project_id, id)
  );
`;

const CLAIMS = `
  ALTER TABLE insight ADD COLUMN forces jsonb, ADD COLUMN firing_trigger text,
    ADD COLUMN switch_timeline jsonb, ADD COLUMN state text NOT NULL DEFAULT 'asserted',
    ADD COLUMN review_by timestamptz, ADD COLUMN state_reason text, ADD COLUMN superseded_by uuid,
    ADD CONSTRAINT insight_superseded_fk FOREIGN KEY (project_id, superseded_by)
      REFERENCES insight (project_id, id),
    ADD CONSTRAINT insight_superseded_ck CHECK (superseded_by <> id);
  ALTER TABLE insight ALTER COLUMN state DROP DEFAULT;
  CREATE INDEX evidence_entry_quote_ix ON evidence_entry (project_id, quote_id);
  CREATE INDEX evidence_entry_interview_ix ON evidence_entry (project_id, interview_id)
    WHERE interview_id IS NOT NULL;

  -- Another member reads each cited passage, without the first reader's opinion, then gives theirs.
  CREATE TABLE insight_reading (
    project_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    quote_id uuid NOT NULL,
    reader_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    disposition text,
    read_at timestamptz,
    CONSTRAINT insight_reading_pk PRIMARY KEY (project_id, insight_id, quote_id, reader_id),
    CONSTRAINT insight_reading_state_ck CHECK ((disposition IS NULL) = (read_at IS NULL)),
    CONSTRAINT insight_reading_insight_fk FOREIGN KEY (project_id, insight_id)
      REFERENCES insight (project_id, id),
    CONSTRAINT insight_reading_quote_fk FOREIGN KEY (project_id, quote_id)
      REFERENCES quote (project_id, id)
  );
`;

const GATES = `
  -- impact_digest: what was acknowledged; a changed impact must be acknowledged again.
  CREATE TABLE impact_acknowledgement (
    project_id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    department text NOT NULL,
    impact_digest text NOT NULL,
    member_id uuid NOT NULL,
    alone boolean NOT NULL,
    note text,
    acknowledged_at timestamptz NOT NULL,
    CONSTRAINT impact_acknowledgement_pk
      PRIMARY KEY (project_id, experiment_id, department, impact_digest),
    CONSTRAINT impact_acknowledgement_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );
  CREATE TRIGGER impact_acknowledgement_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON impact_acknowledgement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- Evidence that was withdrawn after the launch: replaced by other quotes, or answered in writing.
  CREATE TABLE evidence_gap_answer (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    answer text NOT NULL,
    replacements jsonb NOT NULL,
    answered_by uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT evidence_gap_answer_pk PRIMARY KEY (project_id, id),
    CONSTRAINT evidence_gap_answer_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );
  CREATE INDEX evidence_gap_answer_experiment_ix
    ON evidence_gap_answer (project_id, experiment_id, answered_at);
  CREATE TRIGGER evidence_gap_answer_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_gap_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- In force from approved_at on, for what is asked later; what passed before keeps its version.
  CREATE TABLE evidence_policy (
    project_id uuid NOT NULL,
    profile text NOT NULL,
    version integer NOT NULL,
    body jsonb NOT NULL,
    reason text NOT NULL,
    proposed_by uuid NOT NULL,
    proposed_at timestamptz NOT NULL,
    approved_by uuid,
    approved_at timestamptz,
    CONSTRAINT evidence_policy_pk PRIMARY KEY (project_id, profile, version),
    CONSTRAINT evidence_policy_state_ck CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT evidence_policy_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
  );

  ALTER TABLE decision ADD COLUMN learning jsonb;
`;
