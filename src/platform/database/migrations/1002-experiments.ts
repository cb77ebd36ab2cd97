import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Metrics, ideas, gate decisions, experiments, their plans and what happened to them. */
export class Experiments1002000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE metric (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        key text NOT NULL,
        definition jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT metric_pk PRIMARY KEY (project_id, id),
        CONSTRAINT metric_key_uq UNIQUE (project_id, key),
        CONSTRAINT metric_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE idea (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        body jsonb NOT NULL,
        version integer NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT idea_pk PRIMARY KEY (project_id, id),
        CONSTRAINT idea_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      -- Every decision of a gate, refusals too. subject_id is the experiment it was asked for,
      -- which exists only when the create gate passed.
      CREATE TABLE gate_decision (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        gate text NOT NULL,
        outcome text NOT NULL,
        subject_id uuid NOT NULL,
        subject_key text NOT NULL,
        policy_profile text NOT NULL,
        policy_version integer NOT NULL,
        input_digest text NOT NULL,
        report jsonb NOT NULL,
        decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT gate_decision_pk PRIMARY KEY (project_id, id),
        CONSTRAINT gate_decision_answer_uq UNIQUE (project_id, id, subject_id, gate, outcome),
        CONSTRAINT gate_decision_gate_ck CHECK (gate IN ('create', 'launch', 'decide')),
        CONSTRAINT gate_decision_outcome_ck CHECK (outcome IN ('pass', 'refused')),
        CONSTRAINT gate_decision_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );
      CREATE INDEX gate_decision_subject_ix ON gate_decision (project_id, subject_key, decided_at);
      CREATE TRIGGER gate_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_decision
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- No because, no row: an 'ab' experiment points at its own passed create decision.
      CREATE TABLE experiment (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        key text NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        definition jsonb NOT NULL,
        create_decision_id uuid,
        create_gate text NOT NULL DEFAULT 'create',
        create_outcome text NOT NULL DEFAULT 'pass',
        launched_at timestamptz,
        enrolment_ends_at timestamptz,
        enrolment_ended_at timestamptz,
        version integer NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT experiment_pk PRIMARY KEY (project_id, id),
        CONSTRAINT experiment_key_uq UNIQUE (project_id, key),
        CONSTRAINT experiment_kind_ck CHECK (kind IN ('ab', 'aa')),
        CONSTRAINT experiment_status_ck CHECK (status IN
          ('draft', 'running', 'paused', 'maturing', 'decided', 'stopped', 'archived')),
        CONSTRAINT experiment_because_ck CHECK (kind = 'aa' OR create_decision_id IS NOT NULL),
        CONSTRAINT experiment_passed_ck CHECK (create_gate = 'create' AND create_outcome = 'pass'),
        CONSTRAINT experiment_decision_fk
          FOREIGN KEY (project_id, create_decision_id, id, create_gate, create_outcome)
          REFERENCES gate_decision (project_id, id, subject_id, gate, outcome),
        CONSTRAINT experiment_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );
      CREATE INDEX experiment_status_ix ON experiment (status);

      CREATE TABLE plan (
        project_id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        version integer NOT NULL,
        body jsonb NOT NULL,
        digest text NOT NULL,
        reason text NOT NULL,
        frozen_by uuid NOT NULL,
        frozen_at timestamptz NOT NULL,
        CONSTRAINT plan_pk PRIMARY KEY (project_id, experiment_id, version),
        CONSTRAINT plan_experiment_fk FOREIGN KEY (project_id, experiment_id)
          REFERENCES experiment (project_id, id)
      );
      CREATE TRIGGER plan_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON plan
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE timeline_entry (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        at timestamptz NOT NULL,
        what text NOT NULL,
        facts jsonb NOT NULL,
        member_id uuid,
        CONSTRAINT timeline_entry_pk PRIMARY KEY (project_id, id),
        CONSTRAINT timeline_entry_experiment_fk FOREIGN KEY (project_id, experiment_id)
          REFERENCES experiment (project_id, id)
      );
      CREATE INDEX timeline_entry_experiment_ix ON timeline_entry (project_id, experiment_id, at);
      CREATE TRIGGER timeline_entry_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE decision (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        evaluation_id uuid,
        gate_decision_id uuid NOT NULL,
        action text NOT NULL,
        variant text,
        reason text NOT NULL,
        hold_back double precision,
        reread_at timestamptz,
        control_still_held_out boolean,
        override_reason text,
        decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL,
        CONSTRAINT decision_pk PRIMARY KEY (project_id, id),
        CONSTRAINT decision_action_ck CHECK
          (action IN ('ship', 'ship_provisional', 'roll_back', 'iterate', 'stop')),
        CONSTRAINT decision_experiment_fk FOREIGN KEY (project_id, experiment_id)
          REFERENCES experiment (project_id, id),
        CONSTRAINT decision_gate_fk FOREIGN KEY (project_id, gate_decision_id)
          REFERENCES gate_decision (project_id, id)
      );
      CREATE INDEX decision_experiment_ix ON decision (project_id, experiment_id, decided_at);
      CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE decision, timeline_entry, plan, experiment, gate_decision, idea, metric
    `);
  }
}
