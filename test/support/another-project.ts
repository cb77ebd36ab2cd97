import { randomUUID } from 'node:crypto';
import { UNDECLARED_COSTS } from '../../src/domain/money/costs.js';
import { createKeySecret, digestOf } from '../../src/platform/security/key-secret.js';
import { SCOPES } from '../../src/platform/security/scopes.js';
import type { TestApp } from './test-app.js';

/** A second project with a key that has every scope, for tests of what must not be shared. */
export async function anotherProject(
  app: TestApp,
  key: string,
): Promise<{ id: string; secret: string }> {
  const [id, memberId] = [randomUUID(), randomUUID()];
  const made = createKeySecret('secret');
  await app.sql(
    `INSERT INTO project (id, key, name, timezone, currency, stages, costs, version, created_at)
     VALUES ($1, $2, $2, 'UTC', 'USD', '[]', $3, 1, becausal_now())`,
    [id, key, JSON.stringify(UNDECLARED_COSTS)],
  );
  await app.sql(
    `INSERT INTO member (project_id, id, name, departments, created_at)
     VALUES ($1, $2, 'owner', '{}', becausal_now())`,
    [id, memberId],
  );
  await app.sql(
    `INSERT INTO api_key (project_id, id, kind, digest, scopes, member_id, name, created_at)
     VALUES ($1, $2, 'secret', $3, $4, $5, 'owner', becausal_now())`,
    [id, made.id, digestOf(made.secret), SCOPES, memberId],
  );
  return { id, secret: made.secret };
}
