import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log in weekly partitions with its ids beside it, links between units, imports and what was
 * refused; and the accumulators of evaluations, which are a cache of the log (docs/adr/0012, 0013).
 */
export class EventsAtScale1006000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    // A large log takes longer than an ordinary statement may.
    await db.query('SET LOCAL statement_timeout = 0');
    await db.query(SPACES);
    await db.query(`ALTER TABLE event RENAME TO event_before_1006;
      ALTER TABLE event_before_1006 RENAME CONSTRAINT event_pk TO event_before_1006_pk;
      DROP INDEX event_unit_ix, event_exposure_ix`);
    await db.query(LOG);
    await db.query(FROM_ONE_TABLE);
    await db.query(BESIDE_THE_LOG);
    await db.query(ACCUMULATORS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(TO_ONE_TABLE);
  }
}

/** What an event's id and a unit's name become as keys; src/modules/events/event-keys.ts is the rule. */
const KEYS_OF_OLD_ROWS = `
  CASE WHEN old.id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[1-7][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    THEN old.id::uuid
    ELSE encode(set_byte(set_byte(hashed.id, 6, (get_byte(hashed.id, 6) & 15) | 128), 8,
      (get_byte(hashed.id, 8) & 63) | 128), 'hex')::uuid
  END`;

const SPACES = `
  -- A small number for each project, which stands in every row and index of the log, and the salt of
  -- its keys, so that nobody outside can choose ids or units that collide.
  CREATE TABLE event_space (
    project_id uuid NOT NULL,
    number integer GENERATED ALWAYS AS IDENTITY,
    salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    CONSTRAINT event_space_pk PRIMARY KEY (project_id),
    CONSTRAINT event_space_number_uq UNIQUE (number),
    CONSTRAINT event_space_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
  );
  INSERT INTO event_space (project_id) SELECT project.id FROM project ORDER BY project.created_at;

  -- Which cluster the transaction ids in the log are of: they mean nothing in another one.
  CREATE TABLE event_log_origin (
    is_only boolean NOT NULL DEFAULT true,
    system_identifier text NOT NULL,
    generation integer NOT NULL,
    CONSTRAINT event_log_origin_pk PRIMARY KEY (is_only),
    CONSTRAINT event_log_origin_ck CHECK (is_only)
  );
  INSERT INTO event_log_origin (system_identifier, generation)
  SELECT pg_control_system.system_identifier::text, 1 FROM pg_control_system();`;

const LOG = `
  -- Append-only. xid names the inserting transaction, so that a snapshot says exactly what it saw.
  CREATE TABLE event (
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    value double precision,
    amount_minor bigint,
    project integer NOT NULL,
    import integer,
    key uuid NOT NULL,
    unit uuid NOT NULL,
    refers_to uuid,
    experiment_id uuid,
    type text NOT NULL,
    unit_kind text NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    -- As it was sent, where the key does not say it.
    id text COLLATE "C",
    variant text,
    name text COLLATE "C",
    currency text,
    -- What the sender's clock said, where it was corrected.
    claimed_at timestamptz,
    properties jsonb,
    source text NOT NULL,
    -- An exposure unlike the assignment of its experiment.
    unassigned boolean,
    CONSTRAINT event_type_ck CHECK (type IN ('exposure', 'event', 'money', 'identify')),
    CONSTRAINT event_money_ck CHECK
      ((type = 'money') = (amount_minor IS NOT NULL AND currency IS NOT NULL)),
    CONSTRAINT event_exposure_ck CHECK
      ((type = 'exposure') = (experiment_id IS NOT NULL AND variant IS NOT NULL)),
    CONSTRAINT event_source_ck CHECK (source IN ('server', 'browser'))
  ) PARTITION BY RANGE (occurred_at);
  CREATE INDEX event_unit_ix ON event (project, unit, occurred_at);
  CREATE INDEX event_exposure_ix ON event (experiment_id, occurred_at) WHERE type = 'exposure';
  CREATE INDEX event_money_ix ON event (project, key) WHERE type = 'money';
  CREATE INDEX event_refers_to_ix ON event (project, refers_to) WHERE refers_to IS NOT NULL;
  CREATE INDEX event_import_ix ON event (import) WHERE import IS NOT NULL;
  CREATE INDEX event_arrival_ix ON event USING brin (xid, occurred_at)
    WITH (pages_per_range = 16, autosummarize = on);

  -- An id is unique in its project for as long as the event is kept, whatever its time: a unique
  -- index on the partitioned log would have to contain the time.
  CREATE TABLE event_id (
    occurred_at timestamptz NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    -- Of the content without the times.
    digest bigint NOT NULL,
    project integer NOT NULL,
    import integer,
    key uuid NOT NULL,
    CONSTRAINT event_id_pk PRIMARY KEY (project, key)
  );

  -- The week of the log that holds an instant, made when it is first needed. Attaching a table made
  -- beforehand lets others read and write the log meanwhile.
  CREATE FUNCTION ensure_event_week(instant timestamptz) RETURNS date LANGUAGE plpgsql AS $$
  DECLARE
    week date := date_trunc('week', instant AT TIME ZONE 'UTC')::date;
    part text := 'event_' || to_char(week, 'YYYYMMDD');
  BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN week; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_event_week'));
    -- Asked of the table itself: a name that was looked up before the wait is remembered as missing.
    PERFORM FROM pg_class WHERE pg_class.relname = part
      AND pg_class.relnamespace = (SELECT parent.relnamespace FROM pg_class AS parent
        WHERE parent.oid = 'event'::regclass);
    IF FOUND THEN RETURN week; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part,
      week::timestamp AT TIME ZONE 'UTC', (week + 7)::timestamp AT TIME ZONE 'UTC');
    RETURN week;
  END $$;`;

const FROM_ONE_TABLE = `
  SELECT ensure_event_week(old.week) FROM (
    SELECT DISTINCT date_trunc('week', occurred_at, 'UTC') AS week FROM event_before_1006
  ) AS old;

  WITH hashed AS (
    SELECT old.*, space.number,
      ${KEYS_OF_OLD_ROWS.replaceAll('hashed.id', 'digests.id')} AS key,
      encode(substring(sha256(space.salt || convert_to(
        'unit' || chr(10) || old.unit_kind || chr(10) || old.unit_id, 'UTF8')) FOR 16), 'hex')::uuid
        AS unit
    FROM event_before_1006 AS old
    JOIN event_space AS space ON space.project_id = old.project_id
    CROSS JOIN LATERAL (SELECT substring(sha256(space.salt || convert_to(
      'event' || chr(10) || old.id, 'UTF8')) FOR 16) AS id) AS digests
  )
  INSERT INTO event (occurred_at, received_at, xid, value, amount_minor, project, key, unit,
    refers_to, experiment_id, type, unit_kind, unit_id, id, variant, name, currency, properties,
    source)
  SELECT hashed.occurred_at, hashed.received_at, hashed.xid::text::bigint, hashed.value,
    hashed.amount_minor, hashed.number, hashed.key, hashed.unit, original.key,
    hashed.experiment_id, hashed.type, hashed.unit_kind, hashed.unit_id,
    CASE WHEN hashed.key::text = hashed.id THEN NULL ELSE hashed.id END, hashed.variant,
    hashed.name, hashed.currency, hashed.properties, hashed.source
  FROM hashed
  LEFT JOIN hashed AS original
    ON original.project_id = hashed.project_id AND original.id = hashed.refers_to;

  INSERT INTO event_id (occurred_at, xid, digest, project, key)
  SELECT event.occurred_at, event.xid,
    ('x' || encode(substring(old.digest FOR 8), 'hex'))::bit(64)::bigint, event.project, event.key
  FROM event
  JOIN event_space AS space ON space.number = event.project
  JOIN event_before_1006 AS old ON old.project_id = space.project_id
    AND old.id = coalesce(event.id, event.key::text);`;

const BESIDE_THE_LOG = `
  -- Two units that are one: what identify events say, the lower kind first (visitor, user, account).
  CREATE TABLE identity_link (
    occurred_at timestamptz NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    project integer NOT NULL,
    import integer,
    from_unit uuid NOT NULL,
    to_unit uuid NOT NULL,
    key uuid NOT NULL,
    from_kind text NOT NULL,
    to_kind text NOT NULL,
    CONSTRAINT identity_link_pk PRIMARY KEY (project, from_unit, occurred_at, key)
  );
  CREATE INDEX identity_link_to_ix ON identity_link (project, to_unit);
  CREATE INDEX identity_link_xid_ix ON identity_link (project, xid);
  CREATE INDEX identity_link_time_ix ON identity_link (project, occurred_at);
  INSERT INTO identity_link (occurred_at, xid, project, from_unit, to_unit, key, from_kind, to_kind)
  SELECT linked.occurred_at, linked.xid, linked.project,
    CASE WHEN linked.is_downward THEN linked.other ELSE linked.unit END,
    CASE WHEN linked.is_downward THEN linked.unit ELSE linked.other END, linked.key,
    CASE WHEN linked.is_downward THEN linked.other_kind ELSE linked.unit_kind END,
    CASE WHEN linked.is_downward THEN linked.unit_kind ELSE linked.other_kind END
  FROM (
    SELECT event.occurred_at, event.xid, event.project, event.unit, event.unit_kind, event.key,
      event.properties #>> '{to,kind}' AS other_kind,
      encode(substring(sha256(space.salt || convert_to('unit' || chr(10)
        || (event.properties #>> '{to,kind}') || chr(10) || (event.properties #>> '{to,id}'),
        'UTF8')) FOR 16), 'hex')::uuid AS other,
      array_position('{visitor,user,account}'::text[], event.unit_kind)
        > array_position('{visitor,user,account}'::text[], event.properties #>> '{to,kind}')
        AS is_downward
    FROM event JOIN event_space AS space ON space.number = event.project
    WHERE event.type = 'identify'
  ) AS linked;
  DROP TABLE event_before_1006;

  -- Units whose events were erased: what comes of them later is refused.
  CREATE TABLE erased_unit (
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    project integer NOT NULL,
    unit uuid NOT NULL,
    -- Units it was linked with: what they lead to has changed.
    neighbours uuid[] NOT NULL DEFAULT '{}',
    erased_at timestamptz NOT NULL,
    CONSTRAINT erased_unit_pk PRIMARY KEY (project, unit)
  );

  -- A file of events. Its counts move in the transactions that store its events.
  CREATE TABLE event_import (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    number integer GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    format text NOT NULL,
    status text NOT NULL,
    bytes_total bigint,
    bytes_read bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    duplicates bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    error text,
    created_by uuid,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT event_import_pk PRIMARY KEY (project_id, id),
    CONSTRAINT event_import_number_uq UNIQUE (number),
    CONSTRAINT event_import_format_ck CHECK (format IN ('ndjson', 'csv')),
    CONSTRAINT event_import_status_ck CHECK (status IN ('running', 'done', 'failed')),
    CONSTRAINT event_import_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
  );
  -- The one entry that voids all an import brought.
  CREATE TABLE import_reversal (
    project_id uuid NOT NULL,
    import_id uuid NOT NULL,
    import integer NOT NULL,
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    reason text NOT NULL,
    reversed_by uuid NOT NULL,
    reversed_at timestamptz NOT NULL,
    CONSTRAINT import_reversal_pk PRIMARY KEY (project_id, import_id),
    CONSTRAINT import_reversal_import_fk FOREIGN KEY (project_id, import_id)
      REFERENCES event_import (project_id, id)
  );
  CREATE TRIGGER import_reversal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON import_reversal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- What was refused, once for each fault of an id, for whoever repairs the sender.
  CREATE TABLE dead_letter (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    event_id text COLLATE "C",
    code text NOT NULL,
    detail text NOT NULL,
    -- As it was sent, without the ids of units.
    item jsonb,
    import_id uuid,
    line integer,
    times integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT dead_letter_pk PRIMARY KEY (project_id, id),
    CONSTRAINT dead_letter_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
  );
  CREATE UNIQUE INDEX dead_letter_fault_uq ON dead_letter (project_id, event_id, code)
    WHERE event_id IS NOT NULL;
  CREATE INDEX dead_letter_age_ix ON dead_letter (last_at);`;

const ACCUMULATORS = `
  -- Unlogged: all of this follows from the log. A crash empties these tables together, and the
  -- next evaluation of each experiment builds its state again.
  CREATE UNLOGGED TABLE evaluation_state (
    number integer GENERATED ALWAYS AS IDENTITY,
    project_id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    generation integer NOT NULL,
    -- The snapshot and the instant up to which the log is in it.
    snapshot text NOT NULL,
    as_of timestamptz NOT NULL,
    enrolment_ended_at timestamptz,
    layout jsonb NOT NULL,
    caps jsonb NOT NULL,
    -- Whether products of sums leave 64 bits.
    is_wide boolean NOT NULL,
    rows bigint NOT NULL,
    built_at timestamptz NOT NULL,
    refreshed_at timestamptz NOT NULL,
    CONSTRAINT evaluation_state_pk PRIMARY KEY (project_id, experiment_id),
    CONSTRAINT evaluation_state_number_uq UNIQUE (number)
  );
  -- Sums of each exposed unit, before any cap. Arm 0 met several variants.
  CREATE UNLOGGED TABLE evaluation_unit (
    state integer NOT NULL,
    unit uuid NOT NULL,
    exposed_at timestamptz NOT NULL,
    arm smallint NOT NULL,
    late integer NOT NULL,
    unassigned integer NOT NULL,
    wholes bigint[] NOT NULL,
    decimals numeric[] NOT NULL,
    dimensions text[] NOT NULL,
    CONSTRAINT evaluation_unit_pk PRIMARY KEY (state, unit)
  ) WITH (fillfactor = 80);
  CREATE INDEX evaluation_unit_exposed_ix ON evaluation_unit (state, exposed_at);
  -- Single values, for quantiles.
  CREATE UNLOGGED TABLE evaluation_occurrence (
    state integer NOT NULL,
    unit uuid NOT NULL,
    "column" smallint NOT NULL,
    value double precision NOT NULL
  );
  CREATE INDEX evaluation_occurrence_ix ON evaluation_occurrence (state, unit);
  -- Sales of which more was taken back than they brought; whoever they are of.
  CREATE UNLOGGED TABLE evaluation_excess (
    state integer NOT NULL,
    sale uuid NOT NULL,
    unit uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT evaluation_excess_pk PRIMARY KEY (state, sale)
  );
  -- Exact sums over units, by the day of their exposure and by the metrics they have matured for: bit
  -- n of matured stands for the n-th distinct time to maturity.
  CREATE UNLOGGED TABLE evaluation_moment (
    state integer NOT NULL,
    matured integer NOT NULL,
    dimension smallint NOT NULL,
    arm smallint NOT NULL,
    day integer NOT NULL,
    value text COLLATE "C" NOT NULL,
    sums numeric[] NOT NULL,
    CONSTRAINT evaluation_moment_pk PRIMARY KEY (state, dimension, value, arm, day, matured)
  );

  -- What the nightly comparison of states with the log found; a difference stands until a rebuild.
  CREATE TABLE evaluation_check (
    project_id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    checked_at timestamptz NOT NULL,
    agrees boolean NOT NULL,
    detail text,
    CONSTRAINT evaluation_check_pk PRIMARY KEY (project_id, experiment_id, checked_at),
    CONSTRAINT evaluation_check_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );

  CREATE TABLE rebuild (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    experiment_id uuid NOT NULL,
    status text NOT NULL,
    percent double precision NOT NULL,
    rows_read bigint NOT NULL DEFAULT 0,
    error text,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    -- Real time: a rebuild that says nothing for long has died with its process.
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT rebuild_pk PRIMARY KEY (project_id, id),
    CONSTRAINT rebuild_status_ck CHECK (status IN ('running', 'done', 'failed')),
    CONSTRAINT rebuild_experiment_fk FOREIGN KEY (project_id, experiment_id)
      REFERENCES experiment (project_id, id)
  );`;

const TO_ONE_TABLE = `
  CREATE TABLE event_before_1006 (
    project_id uuid NOT NULL,
    id text COLLATE "C" NOT NULL,
    type text NOT NULL,
    unit_kind text NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    experiment_id uuid,
    variant text,
    name text COLLATE "C",
    value double precision,
    amount_minor bigint,
    currency text,
    refers_to text COLLATE "C",
    properties jsonb,
    digest bytea NOT NULL,
    source text NOT NULL,
    CONSTRAINT event_pk PRIMARY KEY (project_id, id),
    CONSTRAINT event_type_ck CHECK (type IN ('exposure', 'event', 'money', 'identify')),
    CONSTRAINT event_money_ck CHECK
      ((type = 'money') = (amount_minor IS NOT NULL AND currency IS NOT NULL)),
    CONSTRAINT event_exposure_ck CHECK
      ((type = 'exposure') = (experiment_id IS NOT NULL AND variant IS NOT NULL)),
    CONSTRAINT event_source_ck CHECK (source IN ('server', 'browser')),
    CONSTRAINT event_project_fk FOREIGN KEY (project_id) REFERENCES project (id)
  );
  INSERT INTO event_before_1006
  SELECT space.project_id, coalesce(event.id, event.key::text), event.type, event.unit_kind,
    event.unit_id, event.occurred_at, event.received_at, event.xid::text::xid8,
    event.experiment_id, event.variant, event.name, event.value, event.amount_minor,
    event.currency, coalesce(original.id, original.key::text), event.properties,
    decode(lpad(to_hex(event_id.digest), 16, '0'), 'hex'), event.source
  FROM event
  JOIN event_space AS space ON space.number = event.project
  JOIN event_id ON event_id.project = event.project AND event_id.key = event.key
  LEFT JOIN event AS original ON original.project = event.project
    AND original.key = event.refers_to;
  DROP TABLE rebuild, evaluation_check, evaluation_moment, evaluation_excess, evaluation_occurrence, evaluation_unit,
    evaluation_state, dead_letter, import_reversal, event_import, erased_unit, identity_link,
    event_id, event, event_log_origin, event_space;
  DROP FUNCTION ensure_event_week(timestamptz);
  ALTER TABLE event_before_1006 RENAME TO event;
  CREATE INDEX event_unit_ix
    ON event (project_id, unit_kind, unit_id, occurred_at)
    INCLUDE (type, name) WHERE type IN ('event', 'money');
  CREATE INDEX event_exposure_ix
    ON event (project_id, experiment_id, unit_id, occurred_at) INCLUDE (variant)
    WHERE type = 'exposure';`;
