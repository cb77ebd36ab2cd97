import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are told, where it is sent, and whether it arrived. */
export class Notices1011000000000 implements MigrationInterface {
  async up(_db: QueryRunner): Promise<void> {}

  async down(_db: QueryRunner): Promise<void> {}
}
