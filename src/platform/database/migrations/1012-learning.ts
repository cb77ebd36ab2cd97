import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a decided test did to the claims it rested on, and whom it makes us ask. */
export class Learning1012000000000 implements MigrationInterface {
  async up(_db: QueryRunner): Promise<void> {}

  async down(_db: QueryRunner): Promise<void> {}
}
