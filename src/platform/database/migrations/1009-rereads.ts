import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Profit that is read again after a decision. */
export class Rereads1009000000000 implements MigrationInterface {
  async up(_db: QueryRunner): Promise<void> {}

  async down(_db: QueryRunner): Promise<void> {}
}
