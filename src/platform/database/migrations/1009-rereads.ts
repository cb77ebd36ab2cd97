import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Profit that is read again after a decision. */
export class Rereads1009000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- One row per reading is both the lock and the record. Leases use real time. claims is what the
      -- decision believed of each variant, so that no later result can change it.
      CREATE TABLE reread (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        decision_id uuid NOT NULL,
        kind text NOT NULL,
        days integer,
        due_at timestamptz NOT NULL,
        currency text NOT NULL,
        claims jsonb NOT NULL,
        status text NOT NULL DEFAULT 'due',
        attempts integer NOT NULL DEFAULT 0,
        lease_owner text,
        lease_until timestamptz,
        error text,
        CONSTRAINT reread_pk PRIMARY KEY (project_id, id),
        CONSTRAINT reread_once_uq UNIQUE NULLS NOT DISTINCT (project_id, decision_id, kind, days),
        CONSTRAINT reread_kind_ck CHECK (kind IN ('horizon', 'provisional')),
        CONSTRAINT reread_days_ck CHECK ((kind = 'horizon') = (days IS NOT NULL)),
        CONSTRAINT reread_status_ck CHECK (status IN ('due', 'done', 'failed', 'cancelled')),
        CONSTRAINT reread_experiment_fk FOREIGN KEY (project_id, experiment_id)
          REFERENCES experiment (project_id, id),
        CONSTRAINT reread_decision_fk FOREIGN KEY (project_id, decision_id)
          REFERENCES decision (project_id, id)
      );
      CREATE INDEX reread_due_ix ON reread (due_at) WHERE status = 'due';
      CREATE INDEX reread_experiment_ix ON reread (project_id, experiment_id, id);

      -- Exactly one a reading, and for good. plan_digest is of the frozen plan as it was changed for
      -- the reading; the result follows from it and the moments.
      CREATE TABLE reread_result (
        project_id uuid NOT NULL,
        reread_id uuid NOT NULL,
        plan_version integer NOT NULL,
        plan_digest text NOT NULL,
        window_days integer NOT NULL,
        alpha double precision NOT NULL,
        moments jsonb NOT NULL,
        result jsonb NOT NULL,
        result_digest text NOT NULL,
        code_version text NOT NULL,
        control_fate text NOT NULL,
        still_causal boolean NOT NULL,
        control_sentence text NOT NULL,
        findings jsonb NOT NULL,
        proposal text,
        duration_ms integer NOT NULL,
        done_at timestamptz NOT NULL,
        CONSTRAINT reread_result_pk PRIMARY KEY (project_id, reread_id),
        CONSTRAINT reread_result_fate_ck CHECK
          (control_fate IN ('held_out', 'hold_back', 'treated', 'nobody_treated')),
        CONSTRAINT reread_result_proposal_ck CHECK (proposal IN ('roll_back')),
        CONSTRAINT reread_result_reread_fk FOREIGN KEY (project_id, reread_id)
          REFERENCES reread (project_id, id)
      );
      CREATE TRIGGER reread_result_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reread_result
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE reread_result;
      DROP TABLE reread;
    `);
  }
}
