import {
  PASSING_CASES,
  type GateCaseRow,
} from '../../../test/support/create-gate-passing-cases.js';
import { REFUSED_CASES } from '../../../test/support/create-gate-refused-cases.js';
import {
  aDossier,
  aGatedDefinition,
  aGateInput,
  aVoice,
  aWrittenVoice,
  consentOf,
  daysBefore,
  EMPTY_DOSSIER,
  people,
  withFourth,
} from '../../../test/support/evidence-builders.js';
import { CREATE_GATE_CODES } from './create-gate-codes.js';
import { evaluateCreateGate } from './create-gate.js';
import type { Dossier } from './dossier.js';
import type { CreateGateInput, GatedDefinition } from './gate-case.js';
import type { GateReport } from './gate-report.js';

function gateOf(
  dossier: Dossier,
  definition: Partial<GatedDefinition> = {},
  input: Partial<CreateGateInput> = {},
): GateReport {
  return evaluateCreateGate(aGateInput(dossier, definition, input));
}

const gateOfRow = ({ dossier, definition, input }: GateCaseRow) =>
  gateOf(dossier, definition, input);

const unmetOf = (report: GateReport) => report.unmet.map(({ code }) => code);

describe('evaluateCreateGate', () => {
  it.each(PASSING_CASES)('passes: $name', (row) => {
    const report = gateOfRow(row);
    expect(unmetOf(report)).toEqual([]);
    expect(report.outcome).toBe('pass');
    expect(report.nextBest).toBeNull();
  });

  it.each(REFUSED_CASES)('refuses: $name', (row) => {
    const report = gateOfRow(row);
    expect(unmetOf(report)).toEqual(row.unmet);
    expect(report.outcome).toBe('refused');
    expect(row.unmet).toContain(report.nextBest?.code);
  });

  it('has a refusal for every code', () => {
    const tested = new Set(REFUSED_CASES.flatMap(({ unmet }) => unmet));
    expect([...tested].toSorted()).toEqual([...CREATE_GATE_CODES]);
  });

  it.each([...PASSING_CASES, ...REFUSED_CASES])(
    'answers every check once, in order: $name',
    (row) => {
      const report = gateOfRow(row);
      const { unmet, warnings, met } = report;
      const codes = [...unmet, ...warnings, ...met].map(({ code }) => code);
      expect(codes.toSorted()).toEqual([...CREATE_GATE_CODES]);
      for (const items of [unmet, warnings, met]) {
        expect(items.map(({ code }) => code)).toEqual(items.map(({ code }) => code).toSorted());
      }
      for (const item of unmet) {
        expect(item.pointer).toMatch(/^\/rationale(\/|$)/u);
        expect(item.severity).toBe('blocks');
        expect(item.why).toMatch(/\.$/u);
      }
    },
  );

  it.each([...PASSING_CASES, ...REFUSED_CASES])('shows nobody’s words: $name', (row) => {
    const report = JSON.stringify(gateOfRow(row));
    for (const { exact } of row.dossier.quotes) {
      if (exact !== null) expect(report).not.toContain(exact);
    }
    for (const { statement } of row.dossier.insights) expect(report).not.toContain(statement);
  });

  it('names everything that is missing when there is no rationale', () => {
    const { rationale: _none, ...definition } = aGatedDefinition();
    const report = gateOf(EMPTY_DOSSIER, {}, { definition });
    expect(unmetOf(report)).toEqual([
      'CHAIN_BROKEN',
      'EXPERIENCE_MISSING',
      'MECHANISM_INCOMPLETE',
      'NO_LIVE_FIRST_HAND',
      'NO_NEGATIVE_SEARCH',
      'RATIONALE_MISSING',
      'TOO_FEW_PEOPLE',
    ]);
    const people = report.unmet.find(({ code }) => code === 'TOO_FEW_PEOPLE');
    expect(people).toMatchObject({ expected: 3, actual: 0 });
    expect(report.nextBest).toMatchObject({
      code: 'RATIONALE_MISSING',
      remedy: { method: 'POST', path: '/v1/insights' },
    });
  });

  it('asks an A/A test nothing', () => {
    const { rationale: _none, ...definition } = aGatedDefinition({ kind: 'aa' });
    const report = gateOf(aDossier([]), {}, { definition });
    expect(report).toMatchObject({ outcome: 'pass', unmet: [], warnings: [], met: [] });
  });

  it('counts written words for at most as many people as were heard live', () => {
    const { counts } = gateOf(aDossier(people(1, 10)));
    expect(counts).toMatchObject({ people: 2, liveFirstHand: 1, writtenFirstHand: 10 });
  });

  it('leaves quotes, consent, age and order alone when only the conversation is missing', () => {
    const report = gateOf(aDossier(people(0, 3)), { traffic: 0.05 });
    expect(report.policy).toEqual({ profile: 'explore', version: 1 });
    expect(unmetOf(report)).toEqual(['NO_LIVE_FIRST_HAND', 'TOO_FEW_PEOPLE']);
    expect(report.nextBest?.code).toBe('NO_LIVE_FIRST_HAND');
    expect(gateOf(aDossier([...people(0, 3), aVoice('live')]), { traffic: 0.05 }).outcome).toBe(
      'pass',
    );
  });

  it('warns about a short quote that something longer stands beside', () => {
    const report = gateOf(withFourth({ says: 'they want my phone number' }));
    expect(report.outcome).toBe('pass');
    expect(report.warnings).toMatchObject([
      { code: 'QUOTE_TOO_SHORT', severity: 'warns', subjects: ['quote-4'] },
    ]);
  });

  it('points at the place that cites what is wrong, and at the request that repairs it', () => {
    const withdrawn = aVoice('2', {
      participant: { consents: consentOf({ withdrawnAt: daysBefore(1) }) },
    });
    const report = gateOf(aDossier([aVoice('1'), withdrawn, aVoice('3')]));
    expect(unmetOf(report)).toEqual(['CONSENT_MISSING', 'TOO_FEW_PEOPLE']);
    expect(report.unmet[0]).toMatchObject({
      pointer: '/rationale/because/struggle/quoteIds/0',
      expected: 3,
      actual: 2,
      subjects: ['person-2'],
      remedies: [{ method: 'POST', path: '/v1/participants/person-2/consents' }],
    });
    expect(report.nextBest?.code).toBe('CONSENT_MISSING');
    expect(report.nextBest?.why).toContain('clear TOO_FEW_PEOPLE');
  });

  it('says how old the oldest cited interview is, in the unit of the limit', () => {
    const age = (days: number) => {
      const interview = { startedAt: daysBefore(days), endedAt: daysBefore(days) };
      const { met, unmet } = gateOf(withFourth({ interview }));
      return [...met, ...unmet].find(({ code }) => code === 'STALE');
    };
    expect(age(179.5)).toMatchObject({ expected: 180, actual: 180, subjects: [] });
    expect(age(180.5)).toMatchObject({ expected: 180, actual: 181, subjects: ['interview-4'] });
  });

  it('says why support does not count', () => {
    const report = gateOf(
      aDossier([...people(2), aVoice('3', { quote: { elicitation: 'leading' } })]),
    );
    const [item] = report.unmet;
    expect(item?.subjects).toEqual(['quote-3']);
    expect(item?.why).toContain('1 answers to a leading question');
  });

  it('puts the repair that clears others before a cheaper one that clears none', () => {
    const unasked = aWrittenVoice('3', { participant: { consents: [] } });
    const report = gateOf(aDossier([...people(0, 2), unasked]), { traffic: 0.05 });
    expect(unmetOf(report)).toEqual(['CONSENT_MISSING', 'NO_LIVE_FIRST_HAND', 'TOO_FEW_PEOPLE']);
    expect(report.nextBest).toMatchObject({
      code: 'NO_LIVE_FIRST_HAND',
      remedy: { method: 'POST', path: '/v1/interviews' },
    });
  });

  it('offers nothing to ask of somebody who was erased', () => {
    const report = gateOf(withFourth({ participant: { erased: true } }));
    expect(report.unmet[0]?.remedies).toEqual([]);
  });

  it('takes the stricter of the profile asked for and the one required', () => {
    const dossier = aDossier(people(3));
    expect(gateOf(dossier, { policy: 'explore' }).policy.profile).toBe('standard');
    expect(gateOf(dossier, { policy: 'rigorous', traffic: 0.01 }).policy.profile).toBe('rigorous');
  });
});
