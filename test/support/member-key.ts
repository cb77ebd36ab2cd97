import { SCOPES } from '../../src/platform/security/scopes.js';
import type { TestApp } from './test-app.js';

/** Another member of the project, invented, with a key of every scope. */
export async function memberKey(
  app: TestApp,
  name: string,
  departments: readonly string[] = [],
): Promise<{ id: string; secret: string }> {
  const member = await app.ok('post', '/v1/members', { name, departments });
  const key = await app.ok('post', '/v1/keys', {
    kind: 'secret',
    name,
    scopes: SCOPES,
    member: member.body.id,
  });
  return { id: member.body.id as string, secret: key.body.secret as string };
}
