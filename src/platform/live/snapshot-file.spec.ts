import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readSnapshot,
  type Snapshot,
  type SnapshotIdentity,
  sweepUnfinished,
  writeSnapshot,
} from './snapshot-file.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;
const SNAPSHOT: Snapshot = {
  readAt: NOW.toISOString(),
  database: '7000000000000000001/project',
  parts: { keys: [{ id: 'pk_1' }], assignment: { text: 'Zoë, 東京' } },
};

describe('P20: the snapshot of what is served', () => {
  let own: SnapshotIdentity;

  beforeEach(async () => {
    own = {
      path: join(mkdtempSync(join(tmpdir(), 'becausal-snapshot-')), 'assignment.snapshot'),
      key: Buffer.alloc(32, 1),
      address: 'here',
      version: '1.0.0/Last',
    };
    await writeSnapshot(own, SNAPSHOT);
  });

  const after = (ms: number): Date => new Date(NOW.getTime() + ms);

  it('is read as it was written, by its owner only, and nothing is left beside it', () => {
    expect(readSnapshot(own, NOW)).toEqual({ snapshot: SNAPSHOT });
    expect(statSync(own.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(own.path, '..'))).toEqual(['assignment.snapshot']);
  });

  it('takes the place of the one before', async () => {
    const newer = { ...SNAPSHOT, parts: {} };
    await writeSnapshot(own, newer);
    expect(readSnapshot(own, NOW)).toEqual({ snapshot: newer });
  });

  it.each([
    ['missing', { path: '/nowhere/assignment.snapshot' }, 0],
    ['of-another-master-key', { key: Buffer.alloc(32, 2) }, 0],
    ['of-another-version', { version: '1.0.1/Last' }, 0],
    ['of-another-database', { address: 'there' }, 0],
    ['too-old', {}, 24 * HOUR_MS + 1],
    ['from-the-future', {}, -5 * 60_000 - 1],
  ] as const)('%s is refused', (refused, changes, laterMs) => {
    expect(readSnapshot({ ...own, ...changes }, after(laterMs))).toEqual({ refused });
  });

  it.each([
    ['a day old', 24 * HOUR_MS],
    ['by a clock that is a little ahead', -5 * 60_000],
  ])('%s is served', (_, laterMs) => {
    expect(readSnapshot(own, after(laterMs))).toEqual({ snapshot: SNAPSHOT });
  });

  it('torn at any byte is refused, and never an error', () => {
    const whole = readFileSync(own.path);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(own.path, whole.subarray(0, length));
      expect(readSnapshot(own, NOW)).toEqual({ refused: 'torn' });
    }
  });

  it('with any byte altered is refused, and never an error', () => {
    const whole = readFileSync(own.path);
    const refusals = new Set<string>();
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ 1;
      writeFileSync(own.path, altered);
      const found = readSnapshot(own, NOW);
      refusals.add('refused' in found ? found.refused : 'served');
    }
    expect(refusals).not.toContain('served');
    expect(refusals).toContain('altered');
  });

  it('what a killed process has left is swept away, once nobody can be writing it', async () => {
    const old = `${own.path}.1-0000`;
    writeFileSync(old, 'half');
    writeFileSync(`${own.path}.2-0000`, 'half');
    utimesSync(old, 0, 0);
    await sweepUnfinished(own);
    expect(readdirSync(join(own.path, '..')).toSorted()).toEqual([
      'assignment.snapshot',
      'assignment.snapshot.2-0000',
    ]);
  });
});
