import {
  PASSING_CASES,
  type GateCaseRow,
} from '../../../test/support/create-gate-passing-cases.js';
import { EVIDENCE_CASES } from '../../../test/support/create-gate-evidence-cases.js';
import { REASON_CASES } from '../../../test/support/create-gate-reason-cases.js';
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
  speaker,
  withFourth,
} from '../../../test/support/evidence-builders.js';
import { CREATE_GATE_CODES, WARNING_ONLY_CODES } from './create-gate-codes.js';
import { evaluateCreateGate } from './create-gate.js';
import type { Dossier } from './dossier.js';
import type { CreateGateInput, GatedDefinition } from './gate-case.js';
import type { GateReport } from './gate-report.js';

const MIXED = [...EVIDENCE_CASES, ...REASON_CASES];
const PASSING = [...PASSING_CASES, ...MIXED.filter(({ unmet }) => unmet.length === 0)];
const REFUSED = [...REFUSED_CASES, ...MIXED.filter(({ unmet }) => unmet.length > 0)];

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
  it.each(PASSING)('passes: $name', (row) => {
    const report = gateOfRow(row);
    expect(unmetOf(report)).toEqual([]);
    expect(report.outcome).toBe('pass');
    expect(report.nextBest).toBeNull();
    expect(report.warnings.map(({ code }) => code)).toEqual(row.warned ?? []);
  });

  it.each(REFUSED)('refuses: $name', (row) => {
    const report = gateOfRow(row);
    expect(unmetOf(report)).toEqual(row.unmet);
    expect(report.outcome).toBe('refused');
    expect(row.unmet).toContain(report.nextBest?.code);
  });

  it('has a refusal for every code', () => {
    const blocking = CREATE_GATE_CODES.filter((code) => !WARNING_ONLY_CODES.includes(code));
    const tested = new Set(REFUSED.flatMap(({ unmet }) => unmet));
    expect([...tested].toSorted()).toEqual(blocking);
  });

  it('has a warning for every code that only warns', () => {
    const warned = new Set(PASSING.flatMap((row) => row.warned ?? []));
    expect(WARNING_ONLY_CODES.filter((code) => !warned.has(code))).toEqual(['DUPLICATE_UNDECIDED']);
  });

  it.each([...PASSING, ...REFUSED])('answers every check once, in order: $name', (row) => {
    const report = gateOfRow(row);
    const { unmet, warnings, met } = report;
    const codes = [...unmet, ...warnings, ...met].map(({ code }) => code);
    expect(codes.toSorted()).toEqual([...CREATE_GATE_CODES]);
    expect(CREATE_GATE_CODES).toEqual([...CREATE_GATE_CODES].toSorted());
    for (const items of [unmet, warnings, met]) {
      expect(items.map(({ code }) => code)).toEqual(items.map(({ code }) => code).toSorted());
    }
    for (const item of unmet) {
      expect(item.pointer).toMatch(/^\/(rationale(\/|$)|audience\/stages$)/u);
      expect(item.severity).toBe('blocks');
      expect(item.why).toMatch(/\.$/u);
    }
  });

  it.each([...PASSING, ...REFUSED])('shows nobody’s words: $name', (row) => {
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
      'HYPOTHETICAL_ONLY',
      'MECHANISM_INCOMPLETE',
      'NO_ALTERNATIVE',
      'NO_LIVE_FIRST_HAND',
      'NO_NEGATIVE_SEARCH',
      'NO_RIVAL',
      'RATIONALE_MISSING',
      'TOO_FEW_ASKED',
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
    expect(report.policy).toMatchObject({ profile: 'explore', version: 1, floors: { people: 1 } });
    expect(unmetOf(report)).toEqual(['NO_LIVE_FIRST_HAND', 'STORY_NOT_RICH', 'TOO_FEW_PEOPLE']);
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

  it.each<[string, number, number, string]>([
    ['36 of 60 word pairs', 37, 0, 'unmet'],
    ['35 of 60', 36, 0, 'warning'],
    ['15 of 75', 16, 16, 'warning'],
    ['14 of 76', 15, 17, 'met'],
    ['24 of 60, with 25 words', 25, 0, 'warning'],
    ['23 of 60, with 24 words', 24, 0, 'met'],
  ])('finds a copy by its share of word pairs: %s', (_share, shared, own, state) => {
    const words = (letter: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${letter}${index}`).join(' ');
    const rationale = { because: { context: { text: words('w', 61) } } };
    const text = `${words('w', shared)}\n${words('x', own)}`;
    const others = [{ key: 'other', text, quoteIds: [] }];
    const { unmet, warnings } = gateOf(aDossier(), { rationale }, { others });
    const hasCode = ({ code }: { code: string }) => code === 'COPIED_RATIONALE';
    const found = unmet.some(hasCode) ? 'unmet' : warnings.some(hasCode) ? 'warning' : 'met';
    expect(found).toBe(state);
  });

  it('names the neighbouring stages that were heard', () => {
    const near = ['1', '2', '3'].map((id) => {
      const lived = { population: 'lead' as const, stage: id === '1' ? 'trial' : 'paid' };
      return aVoice(id, { interview: { participants: [speaker(id, lived)] } });
    });
    const report = gateOf(aDossier(near), {
      audience: { populations: ['lead'], stages: ['evaluate'] },
    });
    const item = report.unmet.find(({ code }) => code === 'STAGE_MISMATCH');
    expect(item).toMatchObject({ expected: 2, actual: 0, pointer: '/audience/stages' });
    expect(item?.why).toContain('Heard beside it: trial,');
  });

  it('shows how far the evidence carries, and what so few people can show', () => {
    const { confidence, smallN, counts } = gateOf(aDossier(people(3), { silent: 3 }));
    expect(confidence?.label).toBe('moderate');
    expect(confidence?.vetoes).toEqual([]);
    expect(smallN).toMatchObject({ ok: true, asked: 7, accounts: null });
    expect(counts).toMatchObject({ asked: 7, silent: 3, supports: 3, contradicts: 1 });
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
    expect(unmetOf(report)).toEqual([
      'CONSENT_MISSING',
      'NO_LIVE_FIRST_HAND',
      'STORY_NOT_RICH',
      'TOO_FEW_PEOPLE',
    ]);
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
