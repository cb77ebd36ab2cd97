import { AuditLog } from '../../src/platform/audit/audit-log.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Whoever can write to the database cannot rewrite history unnoticed. */
describe('the audit chain', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startTestApp();
    for (let index = 1; index <= 8; index += 1) {
      await app.ok('post', '/v1/members', { name: `Member ${index}` });
      if (index === 5) await app.app.get(AuditLog).checkpoint();
    }
    await app.sql('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
    await app.sql('ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL');
  });
  afterEach(() => app.close());

  const verification = async (): Promise<unknown> =>
    (await app.ok('get', '/v1/audit/verification')).body;

  it('holds while nobody touches it, and lists who did what', async () => {
    expect(await verification()).toEqual({ entries: 8, intact: true });
    const page = await app.ok('get', '/v1/audit?after=6');
    expect(
      page.body.data.map(({ seq, action }: { seq: number; action: string }) => [seq, action]),
    ).toEqual([
      [7, 'member.create'],
      [8, 'member.create'],
    ]);
  });

  it('is append-only for everybody who plays by the rules', async () => {
    await app.sql('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
    for (const statement of [
      `UPDATE audit_entry SET actor = 'x'`,
      'DELETE FROM audit_entry',
      'TRUNCATE audit_entry',
    ]) {
      await expect(app.sql(statement)).rejects.toMatchObject({ driverError: { code: '23001' } });
    }
  });

  it.each<[string, string[], object]>([
    [
      'an edited entry',
      [`UPDATE audit_entry SET action = 'x' WHERE seq = 3`],
      { firstBadSeq: 3, problem: 'changed' },
    ],
    [
      'a removed entry',
      ['DELETE FROM audit_entry WHERE seq = 3'],
      { firstBadSeq: 3, problem: 'missing' },
    ],
    [
      'two entries swapped',
      [
        'UPDATE audit_entry SET seq = 99 WHERE seq = 3',
        'UPDATE audit_entry SET seq = 3 WHERE seq = 4',
        'UPDATE audit_entry SET seq = 4 WHERE seq = 99',
      ],
      { firstBadSeq: 3, problem: 'changed' },
    ],
    [
      'an entry slipped in',
      [
        `INSERT INTO audit_entry SELECT 9, at, project_id, actor, action, object_type, object_id, outcome,
           reason, before_hash, after_hash, hash, hash FROM audit_entry WHERE seq = 8`,
      ],
      { firstBadSeq: 9, problem: 'changed' },
    ],
    [
      'a cut tail',
      ['DELETE FROM audit_entry WHERE seq > 6'],
      { firstBadSeq: 7, problem: 'truncated' },
    ],
    [
      'a tail cut behind the last checkpoint, head and all',
      [
        'DELETE FROM audit_entry WHERE seq > 4',
        'UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_entry WHERE seq = 4)',
      ],
      { firstBadSeq: 5, problem: 'truncated' },
    ],
    [
      'a checkpoint moved to hide it',
      [
        'DELETE FROM audit_entry WHERE seq > 4',
        'UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_entry WHERE seq = 4)',
        'UPDATE audit_checkpoint SET seq = 4, entry_count = 4, head_hash = (SELECT hash FROM audit_entry WHERE seq = 4)',
      ],
      { firstBadSeq: 4, problem: 'forged-checkpoint' },
    ],
  ])('notices %s', async (_name, statements, problem) => {
    for (const statement of statements) await app.sql(statement);
    expect(await verification()).toMatchObject({ intact: false, ...problem });
  });

  it('a checkpoint is signed once for each end of the chain', async () => {
    const log = app.app.get(AuditLog);
    await log.checkpoint();
    await log.checkpoint();
    const points = await app.sql<{ seq: string }>('SELECT seq FROM audit_checkpoint ORDER BY seq');
    expect(points.map(({ seq }) => Number(seq))).toEqual([5, 8]);
  });
});
