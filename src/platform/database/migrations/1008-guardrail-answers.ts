import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What owners of guardrails answer to a breach, and decisions against the gate that two people take. */
export class GuardrailAnswers1008000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(ANSWERS);
    await db.query(OVERRIDES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE decision DROP COLUMN override_request_id;
      DROP TABLE override_request, guardrail_answer;`);
  }
}

const ANSWERS = `
  -- One row for each variant whose state was answered; the newest one holds.
  CREATE TABLE guardrail_answer (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    evaluation_id uuid NOT NULL,
    metric text NOT NULL,
    variant text NOT NULL,
    accepted boolean NOT NULL,
    answer text NOT NULL,
    state text NOT NULL,
    sequential_harm boolean NOT NULL,
    by_author boolean NOT NULL,
    answered_by uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT guardrail_answer_pk PRIMARY KEY (project_id, id),
    CONSTRAINT guardrail_answer_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id),
    CONSTRAINT guardrail_answer_evaluation_fk FOREIGN KEY (project_id, evaluation_id)
      REFERENCES evaluation (project_id, id),
    CONSTRAINT guardrail_answer_member_fk FOREIGN KEY (project_id, answered_by)
      REFERENCES member (project_id, id),
    CONSTRAINT guardrail_answer_state_ck CHECK
      (state IN ('non_inferior', 'breached', 'unresolved', 'not_computed')),
    CONSTRAINT guardrail_answer_open_ck CHECK (state <> 'non_inferior' OR sequential_harm)
  );
  CREATE INDEX guardrail_answer_experiment_ix
    ON guardrail_answer (project_id, experiment_id, answered_at, id);
  CREATE TRIGGER guardrail_answer_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON guardrail_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

const OVERRIDES = `
  CREATE TABLE override_request (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    action text NOT NULL,
    variant text,
    reason text NOT NULL,
    requested_by uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT override_request_pk PRIMARY KEY (project_id, id),
    CONSTRAINT override_request_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id),
    CONSTRAINT override_request_member_fk FOREIGN KEY (project_id, requested_by)
      REFERENCES member (project_id, id),
    CONSTRAINT override_request_action_ck CHECK
      (action IN ('ship', 'ship_provisional', 'roll_back', 'iterate', 'stop'))
  );
  CREATE INDEX override_request_experiment_ix
    ON override_request (project_id, experiment_id, requested_at, id);
  CREATE TRIGGER override_request_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON override_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  -- Who asked first for a decision against the gate; a request serves one decision.
  ALTER TABLE decision ADD COLUMN override_request_id uuid,
    ADD CONSTRAINT decision_override_request_fk FOREIGN KEY (project_id, override_request_id)
      REFERENCES override_request (project_id, id),
    ADD CONSTRAINT decision_override_request_uq UNIQUE (project_id, override_request_id);`;
