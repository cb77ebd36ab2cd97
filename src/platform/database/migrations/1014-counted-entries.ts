import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many entries of the log are in the sums of a unit. What is kept of units follows from the log, so
 * it is emptied: the next evaluation of each experiment builds it again.
 */
export class CountedEntries1014000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(EMPTIED);
    await db.query('ALTER TABLE evaluation_unit ADD COLUMN entries integer NOT NULL');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE evaluation_unit DROP COLUMN entries');
  }
}

const EMPTIED = `
  TRUNCATE evaluation_state, evaluation_unit, evaluation_occurrence, evaluation_excess,
    evaluation_moment`;
