import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { REPOSITORY } from './source-files.js';

/** Real data that is too large, or not ours, to be kept here lies in a folder beside the repository. */
const SHARED = resolve(REPOSITORY, '..', 'shared', 'data');

/** Where the file is, or null. */
export function sharedFile(...path: string[]): string | null {
  const file = join(SHARED, ...path);
  return existsSync(file) ? file : null;
}

/** `describe`, or one skipped test that says by its name why. */
export function describeWith(
  file: string | null,
  name: string,
  suite: (file: string) => void,
): void {
  describe(name, () => {
    if (file === null) it.skip('skipped: shared data not present', () => undefined);
    else suite(file);
  });
}
