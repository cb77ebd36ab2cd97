import { readFileSync } from 'node:fs';
import { describeWith, sharedFile } from '../../support/shared-data.js';
import { CHECKERS } from './design-checkers.js';
import { type DesignEntry, differences, parseTolerance } from './design-entry.js';

/** Members of the examples that we do not offer, by family and name, and why. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  'two-proportions.wald':
    'has no width at 0 and at n conversions and leaves the range of a difference',
  'two-proportions.agrestiCaffoCi': 'no test inverts to it, so it can contradict the p-value',
  'two-proportions.deltaLiftCi': 'too sure when treatment conversions are few, and below -100 %',
  'two-proportions.logLiftCi': 'can contradict the absolute test; the score ratio does not',
};

/** Members that the file gives no tolerance: the one of the member they are a multiple of. */
const UNSTATED: Readonly<Record<string, string>> = {
  'gs-futility-obf-k3.shift': 'rel 1e-5',
};

function entriesOf(file: string): DesignEntry[] {
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: DesignEntry[] };
  return entries;
}

describeWith(sharedFile('statistics', 'designs.json'), 'worked examples', (file) => {
  const entries = entriesOf(file);

  it.each(entries.map((entry): [string, DesignEntry] => [entry.id, entry]))(
    '%s is reproduced',
    (id, { family, input, expected, tolerance }) => {
      const check = CHECKERS[family];
      if (check === undefined) throw new Error(`no checker for ${family}`);
      const ours = check(input as never);
      const found = Object.entries(expected).flatMap(([member, value]) => {
        if (`${family}.${member}` in NOT_OFFERED) {
          return member in ours ? [`${member} is offered, so it must be checked`] : [];
        }
        const stated =
          tolerance[member] ?? tolerance['all'] ?? UNSTATED[`${id}.${member}`] ?? 'not stated';
        return differences(member, ours[member], value, parseTolerance(stated));
      });
      expect(found).toEqual([]);
    },
  );

  it('every member that we do not offer is in the file', () => {
    const members = entries.flatMap(({ family, expected }) =>
      Object.keys(expected).map((member) => `${family}.${member}`),
    );
    expect(Object.keys(NOT_OFFERED).filter((member) => !members.includes(member))).toEqual([]);
  });

  it('every checker has an example', () => {
    const families = new Set(entries.map(({ family }) => family));
    expect(Object.keys(CHECKERS).filter((family) => !families.has(family))).toEqual([]);
  });
});

describe('the comparison with worked examples', () => {
  const close = parseTolerance('rel 1e-9');

  it('reads both kinds of tolerance and refuses others', () => {
    expect(parseTolerance('abs 2e-6')).toEqual({ kind: 'abs', size: 2e-6 });
    expect(parseTolerance('rel 1e-10')).toEqual({ kind: 'rel', size: 1e-10 });
    expect(parseTolerance('abs 0')).toEqual({ kind: 'abs', size: 0 });
    expect(() => parseTolerance('about 1e-3')).toThrow('not a tolerance');
  });

  it('sees a wrong number, a missing member, a missing value and a wrong word', () => {
    const expected = { p: 0.05, ci: [1, null], shape: 'interval' };
    expect(differences('x', { ...expected, p: 0.05 * (1 + 1e-10) }, expected, close)).toEqual([]);
    expect(differences('x', { ...expected, p: 0.05 * (1 + 1e-8) }, expected, close)).toHaveLength(
      1,
    );
    expect(differences('x', { ...expected, p: NaN }, expected, close)).toHaveLength(1);
    expect(differences('x', { ...expected, p: undefined }, expected, close)).toHaveLength(1);
    expect(differences('x', { ...expected, ci: [1, 2] }, expected, close)).toHaveLength(1);
    expect(differences('x', { ...expected, ci: [1] }, expected, close)).toHaveLength(2);
    expect(differences('x', { ...expected, shape: 'unbounded' }, expected, close)).toHaveLength(1);
    expect(differences('x', undefined, expected, close)).toHaveLength(1);
  });
});
