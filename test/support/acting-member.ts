import type { Actor } from '../../src/platform/security/principal.js';
import { SCOPES } from '../../src/platform/security/scopes.js';
import type { TestApp } from './test-app.js';

/** The first member of the project, for the few calls that cannot be made over HTTP. */
export async function actingMember(app: TestApp): Promise<Actor> {
  const [member] = await app.sql<{ project_id: string; id: string }>(
    'SELECT member.project_id, member.id FROM member ORDER BY member.id LIMIT 1',
  );
  return {
    projectId: member?.project_id ?? '',
    memberId: member?.id ?? '',
    keyId: '',
    kind: 'secret',
    scopes: SCOPES,
  };
}
