import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of what happened, exchange rates, evaluations and their slots. */
export class Events1003000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Append-only. An id is unique in its project for as long as the event is kept, whatever its
      -- time; xid names the inserting transaction, so that a snapshot says exactly what it saw.
      CREATE TABLE event (
        project_id uuid NOT NULL,
        id text COLLATE "C" NOT NULL,
        type text NOT NULL,
        unit_kind text NOT NULL,
        unit_id text COLLATE "C" NOT NULL,
        occurred_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        experiment_id uuid,
        variant text,
        name text COLLATE "C",
        value double precision,
        amount_minor bigint,
        currency text,
        refers_to text COLLATE "C",
        properties jsonb,
        digest bytea NOT NULL,
        source text NOT NULL,
        CONSTRAINT event_pk PRIMARY KEY (project_id, id),
        CONSTRAINT event_type_ck CHECK (type IN ('exposure', 'event', 'money', 'identify')),
        CONSTRAINT event_money_ck CHECK
          ((type = 'money') = (amount_minor IS NOT NULL AND currency IS NOT NULL)),
        CONSTRAINT event_exposure_ck CHECK
          ((type = 'exposure') = (experiment_id IS NOT NULL AND variant IS NOT NULL)),
        CONSTRAINT event_source_ck CHECK (source IN ('server', 'browser')),
        CONSTRAINT event_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );
      CREATE INDEX event_unit_ix
        ON event (project_id, unit_kind, unit_id, occurred_at)
        INCLUDE (type, name) WHERE type IN ('event', 'money');
      CREATE INDEX event_exposure_ix
        ON event (project_id, experiment_id, unit_id, occurred_at) INCLUDE (variant)
        WHERE type = 'exposure';

      -- 1 unit of "currency" is worth "rate" of "base"; never changed once stored.
      CREATE TABLE exchange_rate (
        project_id uuid NOT NULL,
        date date NOT NULL,
        base text NOT NULL,
        currency text NOT NULL,
        rate numeric NOT NULL,
        source text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT exchange_rate_pk PRIMARY KEY (project_id, date, base, currency),
        CONSTRAINT exchange_rate_ck CHECK (rate > 0),
        CONSTRAINT exchange_rate_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE evaluation (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        plan_version integer NOT NULL,
        slot_at timestamptz,
        cutoff text NOT NULL,
        as_of timestamptz NOT NULL,
        moments jsonb NOT NULL,
        result jsonb NOT NULL,
        result_digest text NOT NULL,
        code_version text NOT NULL,
        duration_ms integer NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT evaluation_pk PRIMARY KEY (project_id, id),
        CONSTRAINT evaluation_slot_uq UNIQUE (project_id, experiment_id, slot_at),
        CONSTRAINT evaluation_plan_fk FOREIGN KEY (project_id, experiment_id, plan_version)
          REFERENCES plan (project_id, experiment_id, version)
      );
      CREATE INDEX evaluation_latest_ix ON evaluation (project_id, experiment_id, as_of DESC, id DESC);
      CREATE TRIGGER evaluation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evaluation
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- One row per (experiment, slot) is both the lock and the record. Leases use real time.
      CREATE TABLE evaluation_slot (
        project_id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        slot_at timestamptz NOT NULL,
        status text NOT NULL,
        lease_owner text,
        lease_until timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        evaluation_id uuid,
        error text,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT evaluation_slot_pk PRIMARY KEY (project_id, experiment_id, slot_at),
        CONSTRAINT evaluation_slot_status_ck CHECK
          (status IN ('pending', 'running', 'done', 'failed', 'skipped')),
        CONSTRAINT evaluation_slot_done_ck CHECK ((status = 'done') = (evaluation_id IS NOT NULL)),
        CONSTRAINT evaluation_slot_experiment_fk FOREIGN KEY (project_id, experiment_id)
          REFERENCES experiment (project_id, id),
        CONSTRAINT evaluation_slot_evaluation_fk FOREIGN KEY (project_id, evaluation_id)
          REFERENCES evaluation (project_id, id)
      );
      CREATE INDEX evaluation_slot_open_ix ON evaluation_slot (lease_until)
        WHERE status IN ('pending', 'running');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE evaluation_slot, evaluation, exchange_rate, event`);
  }
}
