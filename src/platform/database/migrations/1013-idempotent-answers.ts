import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers to requests that a client may send again: written with what the request did, or not at all. */
export class IdempotentAnswers1013000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE idempotent_answer (
        project_id uuid NOT NULL,
        member_id uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        -- Of the method, the path and the body.
        request_digest text NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        -- An answer may repeat what people said: sealed with the master key, and null once erased.
        body_sealed bytea,
        -- Operations: real time.
        answered_at timestamptz NOT NULL,
        CONSTRAINT idempotent_answer_pk PRIMARY KEY (project_id, member_id, key),
        CONSTRAINT idempotent_answer_member_fk FOREIGN KEY (project_id, member_id)
          REFERENCES member (project_id, id)
      );
      CREATE INDEX idempotent_answer_age_ix ON idempotent_answer (answered_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE idempotent_answer');
  }
}
