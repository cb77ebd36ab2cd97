import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Projects, who acts in them and with which keys; the clock; the audit chain. */
export class Foundations1000000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE clock (
        only_row boolean NOT NULL DEFAULT true,
        offset_ms bigint NOT NULL DEFAULT 0,
        CONSTRAINT clock_pk PRIMARY KEY (only_row),
        CONSTRAINT clock_only_row_ck CHECK (only_row)
      );
      INSERT INTO clock DEFAULT VALUES;

      -- The one clock: the database's, plus an offset that is zero outside sandboxes and tests.
      CREATE FUNCTION becausal_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT date_trunc('milliseconds', clock_timestamp() + clock.offset_ms * interval '1 millisecond')
        FROM clock
      $$;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;

      CREATE TABLE project (
        id uuid NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        timezone text NOT NULL,
        currency text NOT NULL,
        stages jsonb NOT NULL,
        costs jsonb NOT NULL,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT project_pk PRIMARY KEY (id),
        CONSTRAINT project_key_uq UNIQUE (key)
      );

      CREATE TABLE member (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        departments text[] NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT member_pk PRIMARY KEY (project_id, id),
        CONSTRAINT member_name_uq UNIQUE (project_id, name),
        CONSTRAINT member_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE department (
        project_id uuid NOT NULL,
        id uuid NOT NULL,
        key text NOT NULL,
        name text NOT NULL,
        stages text[] NOT NULL,
        touchpoints text[] NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT department_pk PRIMARY KEY (project_id, id),
        CONSTRAINT department_key_uq UNIQUE (project_id, key),
        CONSTRAINT department_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE api_key (
        project_id uuid NOT NULL,
        id text NOT NULL,
        kind text NOT NULL,
        digest bytea NOT NULL,
        scopes text[] NOT NULL,
        member_id uuid,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT api_key_pk PRIMARY KEY (id),
        CONSTRAINT api_key_kind_ck CHECK (kind IN ('secret', 'write', 'public')),
        CONSTRAINT api_key_member_ck CHECK ((kind = 'secret') = (member_id IS NOT NULL)),
        CONSTRAINT api_key_member_fk FOREIGN KEY (project_id, member_id)
          REFERENCES member (project_id, id),
        CONSTRAINT api_key_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      CREATE TABLE audit_entry (
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        project_id uuid,
        actor text NOT NULL,
        action text NOT NULL,
        object_type text NOT NULL,
        object_id text NOT NULL,
        outcome text NOT NULL,
        reason text,
        before_hash text,
        after_hash text,
        prev_hash text NOT NULL,
        hash text NOT NULL,
        CONSTRAINT audit_entry_pk PRIMARY KEY (seq),
        CONSTRAINT audit_entry_outcome_ck CHECK (outcome IN ('done', 'refused', 'denied'))
      );
      CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Where the chain ends: taken with a row lock, so that entries follow one another.
      CREATE TABLE audit_head (
        only_row boolean NOT NULL DEFAULT true,
        seq bigint NOT NULL,
        hash text NOT NULL,
        CONSTRAINT audit_head_pk PRIMARY KEY (only_row),
        CONSTRAINT audit_head_only_row_ck CHECK (only_row)
      );
      INSERT INTO audit_head (seq, hash) VALUES (0, '');

      CREATE TABLE audit_checkpoint (
        seq bigint NOT NULL,
        entry_count bigint NOT NULL,
        head_hash text NOT NULL,
        at timestamptz NOT NULL,
        signature text NOT NULL,
        CONSTRAINT audit_checkpoint_pk PRIMARY KEY (seq)
      );
      CREATE TRIGGER audit_checkpoint_append_only
        BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE audit_checkpoint, audit_head, audit_entry, api_key, department,
        member, project, clock;
      DROP FUNCTION becausal_now();
      DROP FUNCTION refuse_change();
    `);
  }
}
