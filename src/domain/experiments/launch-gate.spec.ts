import type { GateReport } from '../evidence/gate-report.js';
import type { Rationale } from './definition.js';
import { evaluateLaunchGate } from './launch-gate.js';

const passed: GateReport = {
  gate: 'create',
  outcome: 'pass',
  policy: { profile: 'standard', version: 1 },
  unmet: [],
  warnings: [],
  met: [],
  nextBest: null,
  counts: {
    people: 3,
    accounts: 3,
    liveFirstHand: 2,
    writtenFirstHand: 1,
    hearsay: 0,
    interviews: 3,
    supports: 3,
    contradicts: 0,
    qualifies: 0,
  },
};
const stale = {
  code: 'STALE',
  severity: 'blocks' as const,
  pointer: '/rationale/insightIds',
  expected: 180,
  actual: 200,
  subjects: [],
  why: 'too old',
  remedies: [],
};
const lapsed: GateReport = { ...passed, outcome: 'refused', unmet: [stale] };
const wrongIf: Rationale = { wrongIf: 'complaints rise' };

describe('evaluateLaunchGate', () => {
  it.each<[string, 'ab' | 'aa', Rationale | undefined, GateReport, string[]]>([
    ['passes with a falsifier while the create gate holds', 'ab', wrongIf, passed, []],
    ['refuses a reason that cannot fail', 'ab', {}, passed, ['NO_FALSIFIER']],
    ['refuses white space as a falsifier', 'ab', { wrongIf: '  ' }, passed, ['NO_FALSIFIER']],
    [
      'refuses when the create gate lapsed, and says why',
      'ab',
      wrongIf,
      lapsed,
      ['CREATE_GATE_LAPSED', 'STALE'],
    ],
    ['asks an A/A test for nothing', 'aa', undefined, passed, []],
  ])('%s', (_name, kind, rationale, report, codes) => {
    const answer = evaluateLaunchGate(
      { key: 'k', kind, ...(rationale === undefined ? {} : { rationale }) },
      report,
    );
    expect(answer.gate).toBe('launch');
    expect(answer.unmet.map(({ code }) => code)).toEqual(codes);
    expect(answer.outcome).toBe(codes.length === 0 ? 'pass' : 'refused');
    expect(answer.nextBest === null).toBe(codes.length === 0);
  });
});
