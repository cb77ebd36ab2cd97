import { EVIDENCE_POLICIES } from '../evidence/policies.js';
import {
  approvalOf,
  newestVersion,
  policiesInForce,
  type PolicyVersion,
  stateOfVersion,
} from './policy-versions.js';

const at = (day: number) => new Date(Date.UTC(2026, 2, day));

function aVersion(version: number, approvedDay: number | null): PolicyVersion {
  return {
    policy: { ...EVIDENCE_POLICIES.standard, version },
    reason: 'because',
    proposedBy: 'm1',
    proposedAt: at(version),
    approvedBy: approvedDay === null ? null : 'm2',
    approvedAt: approvedDay === null ? null : at(approvedDay),
    looser: true,
    alone: false,
  };
}

describe('policiesInForce', () => {
  const versions = [aVersion(2, 10), aVersion(3, null), aVersion(4, 20)];

  it.each([
    [9, 1],
    [10, 2],
    [19, 2],
    [20, 4],
    [28, 4],
  ])('on day %d is version %d', (day, version) => {
    const { explore, standard } = policiesInForce(versions, at(day));
    expect([explore.version, standard.version]).toEqual([1, version]);
  });
});

describe('stateOfVersion', () => {
  it('is waiting only while nothing newer was proposed', () => {
    const [two, three, four] = [aVersion(2, 10), aVersion(3, null), aVersion(4, null)];
    expect(stateOfVersion(two, [two, three], at(11))).toBe('in_force');
    expect(stateOfVersion(two, [two, three], at(9))).toBe('superseded');
    expect(stateOfVersion(three, [two, three], at(11))).toBe('waiting');
    expect(stateOfVersion(three, [two, three, four], at(11))).toBe('superseded');
    const approved = aVersion(4, 12);
    expect(stateOfVersion(two, [two, three, approved], at(12))).toBe('past');
    expect(newestVersion([two, three], 'standard')).toBe(3);
    expect(newestVersion([two, three], 'explore')).toBe(1);
  });
});

describe('approvalOf', () => {
  it.each([
    [false, ['m1', 'm2'], 'at-once'],
    [false, ['m1'], 'at-once'],
    [true, ['m1', 'm2'], 'second-member'],
    [true, ['m1'], 'alone'],
  ])('of looser %s among %j is %s', (looser, memberIds, approval) => {
    expect(approvalOf({ looser, memberIds })).toBe(approval);
  });
});
