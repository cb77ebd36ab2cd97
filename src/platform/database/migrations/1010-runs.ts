import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When data is complete, and what a scheduled evaluation cost. */
export class Runs1010000000000 implements MigrationInterface {
  async up(_db: QueryRunner): Promise<void> {}

  async down(_db: QueryRunner): Promise<void> {}
}
