import fc from 'fast-check';
import { POLICY_PROFILES, type PolicyProfile } from '../experiments/definition.js';
import { isLooser, policyFrom, POLICY_PEOPLE_MAX, type PolicyBody } from './custom-policy.js';
import { EVIDENCE_POLICIES, POLICY_FLOORS } from './policies.js';

describe('policyFrom', () => {
  it.each(POLICY_PROFILES)('is the built-in %s where a project sets nothing', (profile) => {
    const policy = { ...EVIDENCE_POLICIES[profile], version: 7 };
    expect(policyFrom(profile, 7, {})).toEqual({ ok: true, policy });
  });

  it.each<[PolicyProfile, PolicyBody]>([
    ['standard', { people: 5, asked: 12, live: 5, accounts: 5 }],
    ['standard', { people: 1, live: 1, asked: 1, accounts: 1, ageDays: 270, eventLagDays: 120 }],
    ['standard', { trafficCap: 0.5, confidence: 'high' }],
    ['rigorous', { ageDays: 1, eventLagDays: 1, confidence: 'low' }],
    ['explore', { fullLedger: true, secondReader: true, trafficCap: 0.01 }],
    ['standard', { asked: POLICY_PEOPLE_MAX }],
    ['standard', { overrideBySecond: true }],
    ['rigorous', { overrideBySecond: false }],
  ])('takes for %s %j', (profile, body) => {
    expect(policyFrom(profile, 2, body)).toEqual({
      ok: true,
      policy: { ...EVIDENCE_POLICIES[profile], ...body, profile, version: 2 },
    });
  });

  it.each<[PolicyProfile, object, string, string]>([
    ['standard', { people: 0, live: 0, accounts: 0 }, '/people', 'below-floor'],
    ['explore', { live: 0 }, '/live', 'below-floor'],
    ['standard', { asked: 0 }, '/asked', 'below-floor'],
    ['standard', { people: 2.5 }, '/people', 'out-of-range'],
    ['standard', { people: Number.NaN }, '/people', 'out-of-range'],
    ['standard', { people: '3' }, '/people', 'out-of-range'],
    ['standard', { asked: POLICY_PEOPLE_MAX + 1 }, '/asked', 'out-of-range'],
    ['standard', { ageDays: 271 }, '/ageDays', 'below-floor'],
    ['standard', { ageDays: 0 }, '/ageDays', 'out-of-range'],
    ['rigorous', { eventLagDays: 121 }, '/eventLagDays', 'below-floor'],
    ['standard', { fullLedger: false }, '/fullLedger', 'below-floor'],
    ['rigorous', { secondReader: false }, '/secondReader', 'below-floor'],
    ['standard', { secondReader: 'no' }, '/secondReader', 'out-of-range'],
    ['rigorous', { overrideBySecond: 0 }, '/overrideBySecond', 'out-of-range'],
    ['standard', { confidence: 'very_low' }, '/confidence', 'below-floor'],
    ['standard', { confidence: 'sure' }, '/confidence', 'out-of-range'],
    ['explore', { trafficCap: 0.11 }, '/trafficCap', 'below-floor'],
    ['explore', { trafficCap: null }, '/trafficCap', 'below-floor'],
    ['standard', { trafficCap: 0 }, '/trafficCap', 'out-of-range'],
    ['standard', { trafficCap: Number.NaN }, '/trafficCap', 'out-of-range'],
    ['rigorous', { trafficCap: 0.5 }, '/trafficCap', 'out-of-range'],
    ['standard', { live: 4 }, '/live', 'inconsistent'],
    ['standard', { people: 6 }, '/asked', 'inconsistent'],
    ['standard', { accounts: 4 }, '/accounts', 'inconsistent'],
  ])('refuses for %s %j', (profile, body, pointer, code) => {
    const reading = policyFrom(profile, 2, body);
    expect(reading.ok).toBe(false);
    expect(reading.ok ? [] : reading.errors).toContainEqual(
      expect.objectContaining({ pointer, code }),
    );
  });

  it('never gives a policy below the floors', () => {
    const count = fc.integer({ min: -2, max: 12 });
    const days = fc.integer({ min: -10, max: 400 });
    fc.assert(
      fc.property(
        fc.constantFrom(...POLICY_PROFILES),
        fc.record(
          {
            people: count,
            live: count,
            asked: count,
            accounts: count,
            ageDays: days,
            eventLagDays: days,
            fullLedger: fc.boolean(),
            secondReader: fc.boolean(),
            overrideBySecond: fc.boolean(),
            trafficCap: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
          },
          { requiredKeys: [] },
        ),
        (profile, body) => {
          const reading = policyFrom(profile, 1, body);
          if (reading.ok) expect(isLooser(reading.policy, POLICY_FLOORS[profile])).toBe(false);
        },
      ),
    );
  });
});

describe('isLooser', () => {
  const { standard } = EVIDENCE_POLICIES;

  it.each<[PolicyBody, boolean]>([
    [{}, false],
    [{ people: 4, live: 3, asked: 6, accounts: 4, ageDays: 100, eventLagDays: 30 }, false],
    [{ confidence: 'high', trafficCap: 0.5 }, false],
    [{ people: 2 }, true],
    [{ live: 1 }, true],
    [{ asked: 4 }, true],
    [{ accounts: 2 }, true],
    [{ ageDays: 181 }, true],
    [{ eventLagDays: 91 }, true],
    [{ fullLedger: false }, true],
    [{ secondReader: false }, true],
    [{ confidence: 'very_low' }, true],
    // Stricter in one respect does not make up for another.
    [{ people: 9, ageDays: 181 }, true],
  ])('of standard changed by %j', (body, looser) => {
    expect(isLooser({ ...standard, ...body }, standard)).toBe(looser);
  });

  it('of one member who decides against the gate where two did', () => {
    const { rigorous } = EVIDENCE_POLICIES;
    expect(isLooser({ ...rigorous, overrideBySecond: false }, rigorous)).toBe(true);
    expect(isLooser({ ...standard, overrideBySecond: true }, standard)).toBe(false);
  });

  it('of a wider cap', () => {
    const capped = { ...standard, trafficCap: 0.5 };
    expect(isLooser(standard, capped)).toBe(true);
    expect(isLooser(capped, standard)).toBe(false);
  });
});
