import { basename } from 'node:path';
import { type SourceFile, sourceFiles } from '../support/source-files.js';

/** Habits of docs/STYLE.md that no other tool checks. */

const LINES_MAX = 400;

const product = sourceFiles('src');
const everything = [
  ...product,
  ...sourceFiles('test', 'bench', 'packages/openfeature-exposures/src'),
];
const own = everything.filter(({ path }) => !path.endsWith('tidy.spec.ts'));

function pathsOf(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

/** Code without its comments: a comment may speak of what code must not do. */
function code(files: readonly SourceFile[]): SourceFile[] {
  return files.map(({ path, text }) => ({
    path,
    text: text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, ''),
  }));
}

function isProduct({ path }: SourceFile): boolean {
  return !path.endsWith('.spec.ts');
}

describe('tidy sources', () => {
  it('finds the sources it judges', () => {
    expect(product.length).toBeGreaterThan(100);
    expect(everything.length).toBeGreaterThan(product.length);
  });

  it('keeps every file short enough to read in one go', () => {
    const long = everything
      .filter(({ path }) => !path.startsWith('src/platform/database/migrations/'))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });

  it('reads the process environment in one place', () => {
    const readers = pathsOf(code(product), /\bprocess\s*(\.|\?\.|\[)\s*['"]?env\b/);
    expect(readers).toEqual(['src/platform/config/config.ts']);
  });

  it('takes time from the one clock in rules and features', () => {
    const ruled = code(product).filter(
      (file) => isProduct(file) && /^src\/(domain|modules|stats)\//.test(file.path),
    );
    expect(ruled.length).toBeGreaterThan(50);
    expect(pathsOf(ruled, /\bnew Date\(\s*\)|\bDate\.now\b/)).toEqual([]);
  });

  it('takes chance from its arguments in numbers and rules', () => {
    const pure = code(product).filter(
      (file) => isProduct(file) && /^src\/(domain|stats)\//.test(file.path),
    );
    expect(pathsOf(pure, /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/)).toEqual([]);
  });

  it('has no forward references between modules', () => {
    expect(pathsOf(code(product), /\bforwardRef\b/)).toEqual([]);
  });

  it('has no barrels', () => {
    const barrels = everything.filter(({ path }) => basename(path) === 'index.ts');
    expect(barrels.map(({ path }) => path)).toEqual([]);
    expect(pathsOf(code(product), /^export \* from/m)).toEqual([]);
  });

  it('never lets the schema follow the entities by itself', () => {
    expect(pathsOf(code(product), /\bsynchronize:\s*true\b/)).toEqual([]);
  });

  it('runs every test it has', () => {
    expect(pathsOf(own, /\b(it|describe|test)\.(only|todo)\b|\b(fit|fdescribe)\(/)).toEqual([]);
  });

  it('gives each test of a file a name of its own within its group', () => {
    const repeated = own
      .filter(({ path }) => path.endsWith('.spec.ts'))
      .flatMap(({ path, text }) => repeatedNames(text).map((name) => `${path}: ${name}`));
    expect(repeated).toEqual([]);
  });

  it('leaves no unfinished work behind', () => {
    expect(pathsOf(own, /\b(TODO|FIXME|HACK)\b/)).toEqual([]);
  });

  it('uses no enum: closed sets are lists with a union', () => {
    expect(pathsOf(code(product), /^\s*(export\s+)?(const\s+)?enum\s/m)).toEqual([]);
  });
});

/** Names that two tests of one `describe` share. */
function repeatedNames(text: string): string[] {
  const seen = new Set<string>();
  const repeated: string[] = [];
  let group = '';
  for (const line of text.split('\n')) {
    const [, kind, quote, name] =
      /^\s*(describe|it|test)(?:\.\w+)*\((['"`])(.*?)\2/.exec(line) ?? [];
    if (kind === undefined || quote === undefined || name === undefined) continue;
    if (kind === 'describe') {
      group = name;
      continue;
    }
    const full = `${group} > ${name}`;
    if (seen.has(full)) repeated.push(full);
    seen.add(full);
  }
  return repeated;
}
