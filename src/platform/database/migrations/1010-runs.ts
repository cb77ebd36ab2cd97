import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When data is complete, and what a scheduled evaluation cost. */
export class Runs1010000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Up to when a source of data has sent everything; it never goes back. The reporter is a member,
      -- or the key of a program.
      CREATE TABLE feed (
        project_id uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        id uuid NOT NULL,
        complete_until timestamptz NOT NULL,
        reported_at timestamptz NOT NULL,
        reported_by text NOT NULL,
        CONSTRAINT feed_pk PRIMARY KEY (project_id, key),
        CONSTRAINT feed_id_uq UNIQUE (project_id, id),
        CONSTRAINT feed_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
      );

      -- A slot that waits is neither open nor closed: no worker may take it. Instants of a run are the
      -- product's; where an attempt failed and is to be repeated, lease_until says from when on.
      ALTER TABLE evaluation_slot
        ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
        ADD COLUMN started_at timestamptz,
        ADD COLUMN finished_at timestamptz,
        ADD COLUMN duration_ms integer,
        ADD COLUMN error_facts jsonb,
        ADD COLUMN missing_feeds text[],
        ADD CONSTRAINT evaluation_slot_id_uq UNIQUE (project_id, id),
        ADD CONSTRAINT evaluation_slot_waiting_ck CHECK
          (status <> 'waiting' OR missing_feeds IS NOT NULL),
        DROP CONSTRAINT evaluation_slot_status_ck,
        ADD CONSTRAINT evaluation_slot_status_ck CHECK
          (status IN ('waiting', 'pending', 'running', 'done', 'failed', 'skipped'));
      CREATE INDEX evaluation_slot_noted_ix ON evaluation_slot (project_id, experiment_id)
        WHERE status IN ('waiting', 'failed');
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX evaluation_slot_noted_ix;
      UPDATE evaluation_slot SET status = 'skipped' WHERE evaluation_slot.status = 'waiting';
      ALTER TABLE evaluation_slot
        DROP CONSTRAINT evaluation_slot_status_ck,
        DROP CONSTRAINT evaluation_slot_waiting_ck,
        DROP CONSTRAINT evaluation_slot_id_uq,
        DROP COLUMN missing_feeds,
        DROP COLUMN error_facts,
        DROP COLUMN duration_ms,
        DROP COLUMN finished_at,
        DROP COLUMN started_at,
        DROP COLUMN id,
        ADD CONSTRAINT evaluation_slot_status_ck CHECK
          (status IN ('pending', 'running', 'done', 'failed', 'skipped'));
      DROP TABLE feed;
    `);
  }
}
