import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a decided test did to the claims it rested on, and whom it makes us ask. */
export class Learning1012000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(LEARNED);
    await db.query(FOLLOW_UPS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE follow_up, learned_insight, learned;
      ALTER TABLE insight DROP COLUMN state_code, DROP COLUMN state_experiment_id;`);
  }
}

const LEARNED = `
  -- One row for each variant and each time something was learned; the newest of a variant holds.
  CREATE TABLE learned (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    variant text NOT NULL,
    learned_from text NOT NULL,
    reread_id uuid,
    metric text NOT NULL,
    mechanism text NOT NULL,
    outcome text NOT NULL,
    -- What it was judged from, so that what people say later can be judged with the same numbers.
    facts jsonb NOT NULL,
    -- The answer, with its reasons.
    judgement jsonb NOT NULL,
    learned_at timestamptz NOT NULL,
    CONSTRAINT learned_pk PRIMARY KEY (project_id, id),
    CONSTRAINT learned_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id),
    CONSTRAINT learned_decision_fk FOREIGN KEY (project_id, decision_id)
      REFERENCES decision (project_id, id),
    CONSTRAINT learned_from_ck CHECK (learned_from IN ('decision', 'reread', 'people')),
    CONSTRAINT learned_metric_ck CHECK (metric IN
      ('better', 'worse', 'no_detectable_change', 'invalid', 'not_computed')),
    CONSTRAINT learned_mechanism_ck CHECK (mechanism IN ('supported', 'not_supported', 'unknown')),
    CONSTRAINT learned_outcome_ck CHECK (outcome IN
      ('understood_win', 'lucky_win', 'broken_chain', 'refuted', 'open'))
  );
  CREATE INDEX learned_experiment_ix
    ON learned (project_id, experiment_id, variant, learned_at DESC, id DESC);
  CREATE TRIGGER learned_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON learned
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TABLE learned_insight (
    project_id uuid NOT NULL,
    learned_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    effect text NOT NULL,
    CONSTRAINT learned_insight_pk PRIMARY KEY (project_id, learned_id, insight_id),
    CONSTRAINT learned_insight_learned_fk FOREIGN KEY (project_id, learned_id)
      REFERENCES learned (project_id, id),
    CONSTRAINT learned_insight_insight_fk FOREIGN KEY (project_id, insight_id)
      REFERENCES insight (project_id, id),
    CONSTRAINT learned_insight_effect_ck CHECK
      (effect IN ('supported', 'weakened', 'contested', 'none'))
  );
  CREATE INDEX learned_insight_insight_ix ON learned_insight (project_id, insight_id);
  CREATE TRIGGER learned_insight_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON learned_insight
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- Why a claim stands as it does, where an experiment brought it there and not a member.
  ALTER TABLE insight ADD COLUMN state_code text, ADD COLUMN state_experiment_id uuid,
    ADD CONSTRAINT insight_state_experiment_fk FOREIGN KEY (project_id, state_experiment_id)
      REFERENCES experiment (project_id, id),
    ADD CONSTRAINT insight_state_code_ck CHECK (state_code IN ('refuted_by_experiment'));`;

const FOLLOW_UPS = `
  -- The words of the question are those of the question's own row.
  CREATE TABLE follow_up (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    -- Absent where it was planned before the launch.
    decision_id uuid,
    opened_for text NOT NULL,
    -- Place in the frozen plan, of a planned one.
    position integer,
    surprise text,
    subject text,
    variant text,
    question_id uuid NOT NULL,
    study_id uuid NOT NULL,
    -- How many are to be heard.
    people integer NOT NULL,
    due_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    -- When it was told that too few have been heard; absent while nothing is told.
    told_at timestamptz,
    closed_at timestamptz,
    closed_by uuid,
    close_reason text,
    CONSTRAINT follow_up_pk PRIMARY KEY (project_id, id),
    CONSTRAINT follow_up_planned_uq UNIQUE (project_id, experiment_id, position),
    CONSTRAINT follow_up_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id),
    CONSTRAINT follow_up_decision_fk FOREIGN KEY (project_id, decision_id)
      REFERENCES decision (project_id, id),
    CONSTRAINT follow_up_question_fk FOREIGN KEY (project_id, question_id)
      REFERENCES question (project_id, id),
    CONSTRAINT follow_up_study_fk FOREIGN KEY (project_id, study_id)
      REFERENCES study (project_id, id),
    CONSTRAINT follow_up_closed_by_fk FOREIGN KEY (project_id, closed_by)
      REFERENCES member (project_id, id),
    CONSTRAINT follow_up_for_ck CHECK (opened_for IN ('surprise', 'lucky_win', 'plan')),
    CONSTRAINT follow_up_plan_ck CHECK ((opened_for = 'plan') = (position IS NOT NULL)),
    CONSTRAINT follow_up_people_ck CHECK (people >= 1),
    CONSTRAINT follow_up_closed_ck CHECK
      ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (close_reason IS NULL))
  );
  CREATE INDEX follow_up_experiment_ix ON follow_up (project_id, experiment_id, opened_at);
  CREATE INDEX follow_up_due_ix ON follow_up (due_at) WHERE closed_at IS NULL;`;
