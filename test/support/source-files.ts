import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The repository, seen from the compiled tests. */
export const REPOSITORY = resolve(import.meta.dirname, '..', '..', '..');

export interface SourceFile {
  path: string;
  text: string;
}

/** The TypeScript files under these folders of the repository. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => {
        const path = join(folder, name);
        return { path, text: readFileSync(join(REPOSITORY, path), 'utf8') };
      }),
  );
}
