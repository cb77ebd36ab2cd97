import type { EntityManager } from 'typeorm';
import { UNDECLARED_COSTS } from '../../domain/money/costs.js';
import { newId } from '../../platform/http/ids.js';
import { digestOf, keyIdOf } from '../../platform/security/key-secret.js';
import { SCOPES } from '../../platform/security/scopes.js';

const BOOTSTRAP_KEY_NAME = 'bootstrap';

/**
 * The rows a fresh database starts with: project `default`, its member `owner`, and the bootstrap
 * key with every scope. A changed bootstrap key replaces the one before. Safe to run at once from
 * several starters and on every start.
 */
export async function bootstrapProject(manager: EntityManager, adminSecret: string): Promise<void> {
  await manager.query(
    `INSERT INTO project (id, key, name, timezone, currency, stages, costs, version, created_at)
     VALUES ($1, 'default', 'Default', 'UTC', 'USD', '[]', $2, 1, becausal_now())
     ON CONFLICT (key) DO NOTHING`,
    [newId(), JSON.stringify(UNDECLARED_COSTS)],
  );
  await manager.query(
    `INSERT INTO member (project_id, id, name, departments, created_at)
     SELECT project.id, $1, 'owner', '{}', becausal_now() FROM project WHERE project.key = 'default'
     ON CONFLICT (project_id, name) DO NOTHING`,
    [newId()],
  );
  await manager.query(
    `INSERT INTO api_key (project_id, id, kind, digest, scopes, member_id, name, created_at)
     SELECT member.project_id, $1, 'secret', $2, $3, member.id, $4, becausal_now()
     FROM member JOIN project ON project.id = member.project_id
     WHERE project.key = 'default' AND member.name = 'owner'
     ON CONFLICT (id) DO UPDATE SET digest = EXCLUDED.digest, scopes = EXCLUDED.scopes,
       revoked_at = NULL`,
    [keyIdOf(adminSecret), digestOf(adminSecret), SCOPES, BOOTSTRAP_KEY_NAME],
  );
  await manager.query(
    `UPDATE api_key SET revoked_at = clock_timestamp()
     WHERE api_key.name = $1 AND api_key.id <> $2 AND api_key.revoked_at IS NULL`,
    [BOOTSTRAP_KEY_NAME, keyIdOf(adminSecret)],
  );
}
