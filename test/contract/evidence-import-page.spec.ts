import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  MANIFEST_COLUMNS,
  MANIFEST_ROWS_MAX,
  REQUIRED_COLUMNS,
  SESSION_PEOPLE_MAX,
} from '../../src/domain/evidence/import/manifest.js';
import { TURN_TEXT_MAX, TURNS_MAX } from '../../src/domain/evidence/transcripts/limits.js';
import { REPOSITORY } from '../support/source-files.js';

const PAGE = readFileSync(join(REPOSITORY, 'docs', 'evidence-import.md'), 'utf8');

/** Cells of the table rows whose first cell fits. */
const rowsOf = (first: RegExp) =>
  PAGE.split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([cell = '']) => first.test(cell));

describe('the page about importing evidence', () => {
  const columns = rowsOf(/^`\w+`$/);

  it('has every column of a manifest, in their order, and no other', () => {
    expect(columns.map(([cell = '']) => cell.replaceAll('`', ''))).toEqual([...MANIFEST_COLUMNS]);
    expect(columns.every(([, , meaning = '']) => meaning !== '')).toBe(true);
  });

  it('says which are needed', () => {
    const needed = columns.filter(([, isNeeded]) => isNeeded === 'yes');
    expect(needed.map(([cell = '']) => cell.replaceAll('`', ''))).toEqual([...REQUIRED_COLUMNS]);
  });

  it.each([
    ['rows of a manifest', MANIFEST_ROWS_MAX],
    ['people of one session', SESSION_PEOPLE_MAX],
    ['turns of a transcript', TURNS_MAX],
    ['characters of one turn', TURN_TEXT_MAX],
  ])('says how many %s there may be', (what, most) => {
    const [row] = rowsOf(new RegExp(`^${what}$`));
    expect(row?.[1]).toBe(most.toLocaleString('en-US'));
  });
});
