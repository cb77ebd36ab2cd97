import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What assignment needs besides the plans: a log of the changes that processes serving from memory
 * must see, holdouts, forced variants; and how other systems' money is read.
 */
export class Assignment1007000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(CHANGES);
    await db.query(KEPT_OUT_AND_FORCED);
    await db.query(MONEY_FROM_ELSEWHERE);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX dead_letter_waiting_ix;
      ALTER TABLE project DROP COLUMN order_amount;
      DROP TABLE stripe_connection, forced_variant, holdout;
      ${WATCHED.map((table) => `DROP TRIGGER config_changed ON ${table};`).join('\n')}
      DROP FUNCTION note_config_change;
      DROP TABLE config_change;`);
  }
}

/** Every table whose rows decide what is served, and to whom. */
const WATCHED = ['experiment', 'plan', 'decision', 'api_key', 'project'];
const WATCHED_NEW = ['holdout', 'forced_variant', 'stripe_connection'];

const watch = (table: string): string => `
  CREATE TRIGGER config_changed AFTER INSERT OR UPDATE OR DELETE ON ${table}
  FOR EACH STATEMENT EXECUTE FUNCTION note_config_change();`;

const CHANGES = `
  -- Only ever inserted into, then pruned: two readers that count the same rows know the same changes,
  -- in whatever order transactions commit. A trigger writes it, so no code can forget to.
  CREATE TABLE config_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT config_change_pk PRIMARY KEY (id)
  );
  CREATE FUNCTION note_config_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO config_change DEFAULT VALUES;
    PERFORM pg_notify('becausal_config', '');
    RETURN NULL;
  END $$;
  ${WATCHED.map(watch).join('')}`;

const KEPT_OUT_AND_FORCED = `
  CREATE TABLE holdout (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    seed text NOT NULL,
    -- Basis points of all units.
    points integer NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    end_reason text,
    CONSTRAINT holdout_pk PRIMARY KEY (project_id, id),
    CONSTRAINT holdout_key_uq UNIQUE (project_id, key),
    CONSTRAINT holdout_project_fk FOREIGN KEY (project_id) REFERENCES project (id),
    CONSTRAINT holdout_created_by_fk FOREIGN KEY (project_id, created_by)
      REFERENCES member (project_id, id),
    CONSTRAINT holdout_ended_by_fk FOREIGN KEY (project_id, ended_by)
      REFERENCES member (project_id, id),
    CONSTRAINT holdout_unit_ck CHECK (unit IN ('visitor', 'user', 'account')),
    CONSTRAINT holdout_points_ck CHECK (points BETWEEN 1 AND 5000)
  );
  CREATE TABLE forced_variant (
    project_id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    variant text NOT NULL,
    CONSTRAINT forced_variant_pk PRIMARY KEY (project_id, experiment_id, unit_id),
    CONSTRAINT forced_variant_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );
  ${WATCHED_NEW.slice(0, 2).map(watch).join('')}`;

const MONEY_FROM_ELSEWHERE = `
  -- Which amount of an order is income: without tax and shipping, or with them.
  ALTER TABLE project ADD COLUMN order_amount text NOT NULL DEFAULT 'revenue',
    ADD CONSTRAINT project_order_amount_ck CHECK (order_amount IN ('revenue', 'total'));
  -- Signing secrets are sealed with the master key; two while they are being exchanged.
  CREATE TABLE stripe_connection (
    project_id uuid NOT NULL,
    secrets_sealed bytea NOT NULL,
    -- Which member of a charge's metadata names the unit, and what kind of unit that is.
    unit_metadata text NOT NULL,
    unit text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    CONSTRAINT stripe_connection_pk PRIMARY KEY (project_id),
    CONSTRAINT stripe_connection_project_fk FOREIGN KEY (project_id) REFERENCES project (id),
    CONSTRAINT stripe_connection_changed_by_fk FOREIGN KEY (project_id, changed_by)
      REFERENCES member (project_id, id),
    CONSTRAINT stripe_connection_unit_ck CHECK (unit IN ('visitor', 'user', 'account'))
  );
  -- Money whose unit another event names waits for it among the dead letters.
  CREATE INDEX dead_letter_waiting_ix ON dead_letter (project_id, (item #>> '{properties,waitsFor}'))
    WHERE code = 'missing-unit';
  ${WATCHED_NEW.slice(2).map(watch).join('')}`;
