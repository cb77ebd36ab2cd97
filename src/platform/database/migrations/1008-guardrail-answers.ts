import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What owners of guardrails answer to a breach, and decisions against the gate that two people take. */
export class GuardrailAnswers1008000000000 implements MigrationInterface {
  async up(_db: QueryRunner): Promise<void> {}

  async down(_db: QueryRunner): Promise<void> {}
}
