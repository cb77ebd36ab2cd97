import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AB_VERDICTS } from '../../src/domain/verdict/verdict.js';
import { REPOSITORY } from '../support/source-files.js';
import {
  AXES,
  type Combination,
  everyCombination,
  type Ruled,
  ruled,
  verdictTablePage,
} from '../support/verdict-table.js';

/** What holds for every combination of what a verdict and a decision depend on. */
describe('the verdict table', () => {
  let all: Ruled[];
  beforeAll(() => {
    all = [...everyCombination()].map(ruled);
  });

  const permitting = (action: 'ship' | 'ship_provisional') =>
    all.filter(({ permits }) => permits.includes(action)).map(({ combination }) => combination);
  /** Combinations that break a rule; a few are enough to see which. */
  const against = (
    combinations: readonly Combination[],
    rule: (combination: Combination) => boolean,
  ) => combinations.filter((combination) => !rule(combination)).slice(0, 5);

  it('is the page that is committed, to the byte', () => {
    const page = readFileSync(join(REPOSITORY, 'docs', 'verdict-table.md'), 'utf8');
    expect(verdictTablePage(all)).toBe(page);
  });

  it('is about every combination once', () => {
    const count = Object.values(AXES).reduce((product, values) => product * values.length, 1);
    const keys = new Set(all.map(({ combination }) => JSON.stringify(combination)));
    expect([all.length, keys.size]).toEqual([count, count]);
  });

  it('gives each combination exactly one verdict, and every verdict to some', () => {
    expect(all.filter(({ verdict }) => verdict.perVariant.length !== 1)).toEqual([]);
    const states = new Set(all.map(({ verdict }) => String(verdict.perVariant[0]?.state)));
    expect([...states].toSorted()).toEqual([...AB_VERDICTS].toSorted());
  });

  it('permits ship somewhere, and never before profit has matured', () => {
    expect(permitting('ship').length).toBeGreaterThan(0);
    expect(against(permitting('ship'), ({ matured }) => matured === 'yes')).toEqual([]);
  });

  it('never permits ship on a proxy alone', () => {
    const carried = ({ profit, leading, audit }: Combination) =>
      profit === 'won' ||
      (profit === 'flat, non-inferior' && leading === 'won' && audit === 'audited');
    expect(against(permitting('ship'), carried)).toEqual([]);
  });

  it('never permits ship with a guardrail that nobody answers for', () => {
    const answered = ({ guardrails, harm }: Combination) =>
      guardrails === 'breached, answered' || (guardrails === 'held' && harm !== 'of a guardrail');
    expect(against(permitting('ship'), answered)).toEqual([]);
  });

  it('never permits ship of a killed arm, nor on data that is not sound', () => {
    const actions = [...permitting('ship'), ...permitting('ship_provisional')];
    expect(against(actions, ({ arm }) => arm === 'running')).toEqual([]);
    expect(against(actions, ({ health }) => health === 'ok')).toEqual([]);
  });

  it('permits a provisional ship only of a proxy win before profit, with every guardrail held', () => {
    expect(permitting('ship_provisional').length).toBeGreaterThan(0);
    const early = ({ matured, leading, guardrails, harm }: Combination) =>
      matured === 'no' && leading === 'won' && guardrails === 'held' && harm === 'none';
    expect(against(permitting('ship_provisional'), early)).toEqual([]);
  });

  it('never has a winner that could not ship', () => {
    const won = all.filter(({ verdict }) => verdict.winner !== undefined);
    expect(won.length).toBeGreaterThan(0);
    const stuck = won.filter(({ permits }) => !permits.includes('ship'));
    expect(stuck.map(({ combination }) => combination)).toEqual([]);
  });

  it('always lets people go back, stop, or try again', () => {
    const free = ['roll_back', 'iterate', 'stop'] as const;
    const stuck = all.filter(({ permits }) => free.some((action) => !permits.includes(action)));
    expect(stuck.map(({ combination }) => combination)).toEqual([]);
  });

  it('changes no verdict and no decision by unknown costs, and warns of them when anything ships', () => {
    const byRest = new Map<string, string>();
    const differing: Combination[] = [];
    for (const { combination, verdict, permits } of all) {
      const key = JSON.stringify({ ...combination, costs: '' });
      const says = JSON.stringify([verdict.perVariant[0]?.state, verdict.winner, permits]);
      if ((byRest.get(key) ?? says) !== says) differing.push(combination);
      byRest.set(key, says);
    }
    expect(differing).toEqual([]);
    const silent = all.filter(
      ({ combination, permits, warnings }) =>
        (permits.includes('ship') || permits.includes('ship_provisional')) &&
        warnings.includes('PARTIAL_PROFIT') !== (combination.costs === 'partial'),
    );
    expect(silent.map(({ combination }) => combination)).toEqual([]);
  });
});
