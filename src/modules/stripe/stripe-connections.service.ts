import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid, NotFound } from '../../domain/errors.js';
import type { UnitKind } from '../../domain/experiments/definition.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Config } from '../../platform/config/config.js';
import { CONFIG } from '../../platform/config/config.token.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { deriveKey, seal, unseal } from '../../platform/security/sealing.js';
import type { ConnectStripeDto, StripeConnectionDto } from './dto/stripe-connection.dto.js';

const DEFAULT_UNIT_METADATA = 'user_id';
const ENDING_CHARS = 4;
/** A secret that was exchanged is known, or forgotten, within this time on every replica. */
const REMEMBER_MS = 2_000;
/** Any number: who connects waits for others who do, so that no two take one secret. */
const CONNECTING_LOCK = 6_180_431;

/** A project's connection, opened. */
export interface StripeConnection {
  projectId: string;
  signingSecrets: readonly string[];
  unit: UnitKind;
  unitMetadata: string;
  changedAt: Date;
}

/** Where each project's Stripe account sends its events, and how they are known to come from there. */
@Injectable()
export class StripeConnections {
  private readonly sealingKey: Buffer;
  private remembered: { connections: readonly StripeConnection[]; until: number } | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {
    this.sealingKey = deriveKey(config.masterKey, 'stripe');
  }

  /** Of all projects: only a signature says which of them a webhook is for. */
  async all(): Promise<readonly StripeConnection[]> {
    if (this.remembered !== null && this.remembered.until > performance.now()) {
      return this.remembered.connections;
    }
    const connections = await this.read(this.transactions.manager);
    this.remembered = { connections, until: performance.now() + REMEMBER_MS };
    return connections;
  }

  /** @throws NotFound when Stripe is not connected */
  async shown(projectId: string): Promise<StripeConnectionDto> {
    const [connection] = await this.read(this.transactions.manager, projectId);
    if (connection === undefined) throw notConnected();
    return withoutSecrets(connection);
  }

  /**
   * Connects Stripe, or changes how. One secret is of one project: a webhook must not be money twice.
   * @throws Invalid `validation-failed`; Conflict `signing-secret-taken`
   */
  async connect(actor: Actor, body: ConnectStripeDto): Promise<StripeConnectionDto> {
    const connection = await this.transactions.run(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [CONNECTING_LOCK]);
      const all = await this.read(manager);
      const before = all.find(({ projectId }) => projectId === actor.projectId);
      requireUnchanged(body, before);
      const signingSecrets = body.signingSecrets ?? before?.signingSecrets;
      if (signingSecrets === undefined) throw missingSecrets();
      requireFree(signingSecrets, all, actor.projectId);
      const after: StripeConnection = {
        projectId: actor.projectId,
        signingSecrets: [...new Set(signingSecrets)],
        unit: body.unit,
        unitMetadata: body.unitMetadata ?? before?.unitMetadata ?? DEFAULT_UNIT_METADATA,
        changedAt: await this.clock.now(manager),
      };
      await this.write(manager, actor, after);
      await this.audit.record(manager, actor, {
        action: 'stripe.connect',
        objectType: 'stripe',
        objectId: actor.projectId,
        ...(before === undefined ? {} : { before: audited(before) }),
        after: audited(after),
      });
      return after;
    });
    this.remembered = null;
    return withoutSecrets(connection);
  }

  /** Forgets the secrets: what Stripe sends from now on is refused. The ledger stays as it is. */
  async disconnect(actor: Actor): Promise<void> {
    await this.transactions.run(async (manager) => {
      const [before] = await this.read(manager, actor.projectId);
      if (before === undefined) throw notConnected();
      await manager.query('DELETE FROM stripe_connection WHERE stripe_connection.project_id = $1', [
        actor.projectId,
      ]);
      await this.audit.record(manager, actor, {
        action: 'stripe.disconnect',
        objectType: 'stripe',
        objectId: actor.projectId,
        before: audited(before),
      });
    });
    this.remembered = null;
  }

  private async read(manager: EntityManager, projectId?: string): Promise<StripeConnection[]> {
    const rows = (await manager.query(READ, [projectId ?? null])) as (Omit<
      StripeConnection,
      'signingSecrets'
    > & { sealed: Buffer })[];
    return rows.map(({ sealed, ...rest }) => ({
      ...rest,
      signingSecrets: JSON.parse(
        unseal(this.sealingKey, sealed, rest.projectId).toString('utf8'),
      ) as string[],
    }));
  }

  private async write(
    manager: EntityManager,
    { memberId }: Actor,
    { projectId, signingSecrets, unit, unitMetadata, changedAt }: StripeConnection,
  ): Promise<void> {
    const secrets = Buffer.from(JSON.stringify(signingSecrets), 'utf8');
    await manager.query(WRITE, [
      projectId,
      seal(this.sealingKey, secrets, projectId),
      unitMetadata,
      unit,
      changedAt,
      memberId,
    ]);
  }
}

const READ = `
  SELECT stripe_connection.project_id AS "projectId", stripe_connection.secrets_sealed AS sealed,
    stripe_connection.unit, stripe_connection.unit_metadata AS "unitMetadata",
    stripe_connection.changed_at AS "changedAt"
  FROM stripe_connection
  WHERE $1::uuid IS NULL OR stripe_connection.project_id = $1
  ORDER BY stripe_connection.project_id`;

const WRITE = `
  INSERT INTO stripe_connection (project_id, secrets_sealed, unit_metadata, unit, changed_at,
    changed_by)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (project_id) DO UPDATE SET secrets_sealed = excluded.secrets_sealed,
    unit_metadata = excluded.unit_metadata, unit = excluded.unit,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by`;

function notConnected(): NotFound {
  return new NotFound('not-found', 'Stripe is not connected.');
}

function missingSecrets(): Invalid {
  return new Invalid('validation-failed', 'Stripe is not connected yet: send its signing secret.', [
    { pointer: '/signingSecrets', code: 'required' },
  ]);
}

function requireFree(
  secrets: readonly string[],
  all: readonly StripeConnection[],
  projectId: string,
): void {
  const taken = all.some(
    (other) =>
      other.projectId !== projectId && other.signingSecrets.some((one) => secrets.includes(one)),
  );
  if (taken) {
    throw new Conflict(
      'signing-secret-taken',
      'Another project is connected with this signing secret: make an endpoint for each project.',
    );
  }
}

/** What only we set may be sent back as it was read. */
function requireUnchanged(body: ConnectStripeDto, before: StripeConnection | undefined): void {
  const known = before === undefined ? undefined : withoutSecrets(before);
  const errors = (['secretEndings', 'changedAt'] as const)
    .filter(
      (name) =>
        body[name] !== undefined && JSON.stringify(body[name]) !== JSON.stringify(known?.[name]),
    )
    .map((name) => ({ pointer: `/${name}`, code: 'read-only' }));
  if (errors.length > 0) throw new Invalid('validation-failed', 'Only we set this.', errors);
}

function withoutSecrets(connection: StripeConnection): StripeConnectionDto {
  return {
    unit: connection.unit,
    unitMetadata: connection.unitMetadata,
    secretEndings: connection.signingSecrets.map((secret) => secret.slice(-ENDING_CHARS)),
    changedAt: connection.changedAt.toISOString(),
  };
}

function audited({ signingSecrets, unit, unitMetadata }: StripeConnection): object {
  return { unit, unitMetadata, signingSecrets: signingSecrets.length };
}
