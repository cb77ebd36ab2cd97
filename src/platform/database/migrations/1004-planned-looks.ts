import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The planned looks that evaluations took, and what each evaluation knew of earlier ones. */
export class PlannedLooks1004000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE evaluation ADD COLUMN history jsonb NOT NULL
        DEFAULT '{"looks": {}, "srmSequentialP": null, "alwaysValidP": {}}';
      ALTER TABLE evaluation ALTER COLUMN history DROP DEFAULT;

      -- A look spends alpha once: two evaluations cannot both take it.
      CREATE TABLE planned_look (
        project_id uuid NOT NULL,
        experiment_id uuid NOT NULL,
        metric_key text COLLATE "C" NOT NULL,
        look integer NOT NULL,
        units bigint NOT NULL,
        fraction double precision NOT NULL,
        alpha_spent double precision NOT NULL,
        critical_z double precision NOT NULL,
        evaluation_id uuid NOT NULL,
        as_of timestamptz NOT NULL,
        CONSTRAINT planned_look_pk PRIMARY KEY (project_id, experiment_id, metric_key, look),
        CONSTRAINT planned_look_evaluation_fk FOREIGN KEY (project_id, evaluation_id)
          REFERENCES evaluation (project_id, id)
      );
      CREATE TRIGGER planned_look_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planned_look
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE planned_look;
      ALTER TABLE evaluation DROP COLUMN history;
    `);
  }
}
