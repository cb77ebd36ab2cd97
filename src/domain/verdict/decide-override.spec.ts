import { aVerdict, SHIP } from '../../../test/support/decide-cases.js';
import { type AskedOverride, DECIDE_GATE_CODES, type DecideGateInput } from './decide-case.js';
import { evaluateDecideGate, NEVER_OVERRIDDEN } from './decide-gate.js';

const unmetOf = (input: DecideGateInput) => evaluateDecideGate(input).unmet.map(({ code }) => code);

describe('an override', () => {
  const override: AskedOverride = { reason: 'The contract ends in June.', by: 'm2', request: null };

  it('passes and keeps what was unmet in sight', () => {
    const verdict = aVerdict('proxy_win_pending_profit', 'breached');
    const report = evaluateDecideGate({ ...SHIP, verdict, override });
    expect(report).toMatchObject({ outcome: 'pass', unmet: [], nextBest: null });
    expect(report.warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ['OVERRIDDEN', 'warns'],
      ['PROFIT_NOT_MATURED', 'warns'],
      ['GUARDRAIL_BREACHED', 'warns'],
    ]);
    expect(report.warnings[0]?.why).toContain('The contract ends in June.');
  });

  it('is not claimed when nothing was unmet', () => {
    expect(evaluateDecideGate({ ...SHIP, override })).toMatchObject({
      outcome: 'pass',
      warnings: [],
    });
  });

  it('needs a reason of its own', () => {
    const verdict = aVerdict('proxy_win_pending_profit');
    expect(unmetOf({ ...SHIP, verdict, override: { ...override, reason: ' ' } })).toEqual([
      'OVERRIDE_REASON_MISSING',
      'PROFIT_NOT_MATURED',
    ]);
  });

  it.each<[string, Partial<DecideGateInput>]>([
    ['STATE_NOT_DECIDABLE', { state: 'stopped' }],
    ['REASON_MISSING', { reason: '' }],
    ['VARIANT_UNKNOWN', { variant: 'long' }],
    ['VARIANT_KILLED', { killedVariants: ['short'] }],
    ['AA_CANNOT_SHIP', { kind: 'aa' }],
    ['EXPLORE_CANNOT_SHIP', { policy: { profile: 'explore', version: 1 } }],
  ])('does not lift %s', (code, change) => {
    const report = evaluateDecideGate({ ...SHIP, ...change, override });
    expect(report.outcome).toBe('refused');
    expect(report.unmet.map((item) => item.code)).toContain(code);
  });

  describe('by a second member', () => {
    const unmet = aVerdict('proxy_win_pending_profit');
    const bySecond: Partial<DecideGateInput> = {
      verdict: unmet,
      overrideBySecond: { asked: true, possible: true },
    };
    const request = (changes: object = {}) => ({
      ...override,
      request: {
        id: 'r1',
        found: {
          action: 'ship' as const,
          variant: 'short',
          requestedBy: 'm1',
          state: 'open' as const,
          ...changes,
        },
      },
    });

    it.each<[string, Partial<DecideGateInput>, string[]]>([
      ['a request of another member', { override: request() }, []],
      ['no request', { override }, ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED']],
      [
        'a request of one’s own',
        { override: request({ requestedBy: 'm2' }) },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'a request for another action',
        { override: request({ action: 'ship_provisional' }) },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'a request for another variant',
        { override: request({ variant: null }) },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'a request that was decided',
        { override: request({ state: 'used' }) },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'a request from before another decision',
        { override: request({ state: 'overtaken' }) },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'a request that is not there',
        { override: { ...override, request: { id: 'r9', found: null } } },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      [
        'nobody else in the project',
        { override, overrideBySecond: { asked: true, possible: false } },
        [],
      ],
      [
        'a policy that does not ask, and a request of one’s own',
        {
          override: request({ requestedBy: 'm2' }),
          overrideBySecond: { asked: false, possible: true },
        },
        ['OVERRIDE_NEEDS_SECOND', 'PROFIT_NOT_MATURED'],
      ],
      ['nothing to overrule', { override, verdict: aVerdict('profit_win') }, []],
      ['going back', { override, action: 'roll_back' }, []],
    ])('%s', (_name, change, codes) => {
      const report = evaluateDecideGate({ ...SHIP, ...bySecond, ...change });
      expect(report.unmet.map(({ code }) => code).toSorted()).toEqual(codes);
    });

    it('says where to ask', () => {
      const report = evaluateDecideGate({ ...SHIP, ...bySecond, override });
      const item = report.unmet.find(({ code }) => code === 'OVERRIDE_NEEDS_SECOND');
      expect(item?.remedies).toMatchObject([
        { method: 'POST', path: '/v1/experiments/short-form/override-requests' },
      ]);
    });
  });

  it('lists real codes', () => {
    for (const code of NEVER_OVERRIDDEN) expect(DECIDE_GATE_CODES).toContain(code);
  });
});
