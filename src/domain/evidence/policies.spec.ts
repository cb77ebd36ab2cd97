import type { PolicyProfile, Touch } from '../experiments/definition.js';
import { effectiveProfile, EVIDENCE_POLICIES, liveRequired, requiredProfile } from './policies.js';

describe('requiredProfile', () => {
  it.each<[readonly Touch[], number, PolicyProfile]>([
    [[], 0.05, 'explore'],
    [[], 0.1, 'explore'],
    [[], 0.100001, 'standard'],
    [[], 1, 'standard'],
    [['pricing'], 0.01, 'rigorous'],
    [['cancellation', 'cost_cut'], 1, 'rigorous'],
  ])('for touches %j and traffic %d is %s', (touches, traffic, profile) => {
    expect(requiredProfile({ touches, traffic })).toBe(profile);
  });
});

describe('requiredProfile under a project’s own caps', () => {
  const { explore, standard, rigorous } = EVIDENCE_POLICIES;
  const policies = {
    explore: { ...explore, trafficCap: 0.05 },
    standard: { ...standard, trafficCap: 0.5 },
    rigorous,
  };

  it.each<[number, PolicyProfile]>([
    [0.05, 'explore'],
    [0.06, 'standard'],
    [0.5, 'standard'],
    [0.51, 'rigorous'],
  ])('for traffic %d is %s', (traffic, profile) => {
    expect(requiredProfile({ touches: [], traffic }, policies)).toBe(profile);
    expect(effectiveProfile({ touches: [], traffic }, policies)).toBe(profile);
  });
});

describe('effectiveProfile', () => {
  it.each<[PolicyProfile | undefined, number, PolicyProfile]>([
    [undefined, 0.1, 'explore'],
    [undefined, 0.5, 'standard'],
    ['explore', 0.5, 'standard'],
    ['standard', 0.1, 'standard'],
    ['rigorous', 0.1, 'rigorous'],
  ])('of %s at traffic %d is %s', (policy, traffic, profile) => {
    const asked = policy === undefined ? {} : { policy };
    expect(effectiveProfile({ ...asked, touches: [], traffic })).toBe(profile);
  });
});

describe('liveRequired', () => {
  it('stays at one person even under a policy that asks for nobody', () => {
    expect(liveRequired({ live: 0 })).toBe(1);
    expect(liveRequired(EVIDENCE_POLICIES.rigorous)).toBe(5);
  });
});

describe('EVIDENCE_POLICIES', () => {
  it('get stricter from profile to profile, and each asks for somebody live', () => {
    const { explore, standard, rigorous } = EVIDENCE_POLICIES;
    for (const [looser, stricter] of [
      [explore, standard],
      [standard, rigorous],
    ] as const) {
      expect(stricter.people).toBeGreaterThan(looser.people);
      expect(stricter.live).toBeGreaterThan(looser.live);
      expect(stricter.ageDays).toBeLessThan(looser.ageDays);
      expect(stricter.eventLagDays).toBeLessThan(looser.eventLagDays);
    }
    expect(explore.live).toBe(1);
    expect([explore, standard, rigorous].map(({ asked }) => asked)).toEqual([1, 5, 10]);
    expect([explore, standard, rigorous].map(({ accounts }) => accounts)).toEqual([1, 3, 5]);
    expect(explore.trafficCap).toBe(0.1);
  });
});
