import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are told, where it is sent, and whether it arrived. */
export class Notices1011000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(NOTICES);
    await db.query(CHANNELS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE notice_delivery, notification_channel, notice_read, notice_basis, notice`);
  }
}

const NOTICES = `
  -- One row an episode: a stretch of time in which something holds. Only its end is ever written later.
  CREATE TABLE notice (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    severity text NOT NULL,
    sentence text NOT NULL,
    facts jsonb NOT NULL,
    -- The result it follows from; absent where something else raised it.
    evaluation_id uuid,
    at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT notice_pk PRIMARY KEY (project_id, id),
    CONSTRAINT notice_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id),
    CONSTRAINT notice_severity_ck CHECK (severity IN ('info', 'warning', 'urgent'))
  );
  -- Two replicas cannot open one episode twice.
  CREATE UNIQUE INDEX notice_open_uq ON notice (project_id, experiment_id, kind, subject)
    WHERE ended_at IS NULL;
  -- Up to when the data of an experiment has been told: an older result says nothing any more.
  CREATE TABLE notice_basis (
    project_id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    as_of timestamptz NOT NULL,
    CONSTRAINT notice_basis_pk PRIMARY KEY (project_id, experiment_id),
    CONSTRAINT notice_basis_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );
  CREATE TABLE notice_read (
    project_id uuid NOT NULL,
    notice_id uuid NOT NULL,
    member_id uuid NOT NULL,
    CONSTRAINT notice_read_pk PRIMARY KEY (project_id, member_id, notice_id),
    CONSTRAINT notice_read_notice_fk FOREIGN KEY (project_id, notice_id)
      REFERENCES notice (project_id, id),
    CONSTRAINT notice_read_member_fk FOREIGN KEY (project_id, member_id)
      REFERENCES member (project_id, id)
  );`;

const CHANNELS = `
  CREATE TABLE notification_channel (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- The URL of a webhook is a credential, and addresses are people's: sealed with the master key.
    address_sealed bytea NOT NULL,
    -- What may be shown of the URL.
    host text,
    ending text,
    kinds text[] NOT NULL,
    min_severity text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    -- The receiver said that there is nobody at this address any more. Real time.
    stopped_at timestamptz,
    stopped_code text,
    CONSTRAINT notification_channel_pk PRIMARY KEY (project_id, id),
    CONSTRAINT notification_channel_name_uq UNIQUE (project_id, name),
    CONSTRAINT notification_channel_project_fk FOREIGN KEY (project_id) REFERENCES project (id),
    CONSTRAINT notification_channel_created_by_fk FOREIGN KEY (project_id, created_by)
      REFERENCES member (project_id, id),
    CONSTRAINT notification_channel_kind_ck CHECK (kind IN ('slack', 'email')),
    CONSTRAINT notification_channel_severity_ck
      CHECK (min_severity IN ('info', 'warning', 'urgent'))
  );
  -- What has to leave the house, written in the transaction of the notice. All times are real time.
  CREATE TABLE notice_delivery (
    project_id uuid NOT NULL,
    notice_id uuid NOT NULL,
    channel_id uuid NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    lease_owner uuid,
    lease_until timestamptz,
    -- Why the last attempt failed, or why nothing is sent.
    code text,
    settled_at timestamptz,
    CONSTRAINT notice_delivery_pk PRIMARY KEY (project_id, channel_id, notice_id),
    CONSTRAINT notice_delivery_notice_fk FOREIGN KEY (project_id, notice_id)
      REFERENCES notice (project_id, id),
    CONSTRAINT notice_delivery_channel_fk FOREIGN KEY (project_id, channel_id)
      REFERENCES notification_channel (project_id, id) ON DELETE CASCADE,
    CONSTRAINT notice_delivery_status_ck CHECK (status IN ('pending', 'sent', 'failed', 'not_sent'))
  );
  CREATE INDEX notice_delivery_due_ix ON notice_delivery (next_at) WHERE status = 'pending';`;
