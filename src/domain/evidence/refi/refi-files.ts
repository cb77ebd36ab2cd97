/** Text files of a project by their path inside the archive, whatever its slashes and case. */
export class RefiFiles {
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = new Map([...texts].map(([path, text]) => [toPath(path), text]));
  }

  /**
   * The text that a `plainTextPath` means: `internal://NAME` is a file in the archive's folder of
   * sources. Paths that lead out of the archive (`relative://`, `absolute://`) mean nothing here.
   */
  text(written: string | undefined): string | null {
    const path = toPath((written ?? '').replace(/^internal:\/\//i, ''));
    if (path === '' || path.includes('://')) return null;
    return this.#texts.get(`sources/${path}`) ?? this.#texts.get(path) ?? null;
  }
}

/** The path, among those of an archive, of the document that describes the project. */
export function findProjectPath(paths: Iterable<string>): string | null {
  for (const path of paths) if (toPath(path) === 'project.qde') return path;
  return null;
}

function toPath(written: string): string {
  return written
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '')
    .toLowerCase();
}
