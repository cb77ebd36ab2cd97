import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './source-files.js';

/**
 * Seeds of a test that draws its input: those that are kept in test/seeds.json come first, then one
 * that nobody has tried. One that fails is named by its test, and belongs into the file.
 */
export function seedsOf(test: string): number[] {
  const file = join(REPOSITORY, 'test', 'seeds.json');
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number[]>;
  return [...(kept[test] ?? []), randomInt(2 ** 31)];
}
