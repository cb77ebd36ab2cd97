import type { ComparisonReport, EvaluationResult, MetricReport } from '../evaluation/result.js';
import type { BriefInput, DecisionRecord } from './brief-input.js';
import { composeBrief } from './compose-brief.js';
import { briefMarkdown } from './markdown.js';

const maturity = { maturedUnits: 100, units: 100, fraction: 1, wholeCohort: true };

function comparison(estimate: number): ComparisonReport {
  return {
    variant: 'b',
    control: 'a',
    absolute: { estimate, lower: estimate - 1, upper: estimate + 1, standardError: 0.5 },
    relative: { estimate: estimate / 10, lower: 0, upper: 1 },
  };
}

const clicks: MetricReport = {
  key: 'clicks',
  role: 'leading',
  kind: 'proportion',
  unit: 'share',
  sinceVersion: 1,
  maturity,
  arms: [],
  comparisons: [comparison(0.02)],
};
const profit: MetricReport = {
  ...clicks,
  key: 'profit',
  role: 'deciding',
  kind: 'money',
  unit: 'currency',
  currency: 'EUR',
  comparisons: [comparison(-1.5)],
};

const evaluation: EvaluationResult = {
  id: 'e1',
  experimentKey: 'k',
  planVersion: 1,
  cutoff: '1:1:',
  asOf: '2026-03-01T00:00:00.000Z',
  health: { srm: { status: 'ok', observed: [] }, crossovers: 0, lateEvents: 0, outsideCohort: 0 },
  units: [],
  metrics: [clicks, profit],
  verdict: {
    perVariant: [
      {
        variant: 'b',
        state: 'proxy_trap',
        reasons: [{ code: 'PROFIT_LOST', facts: {}, sentence: 'Profit per unit is lower.' }],
        chain: [{ from: 'metric:clicks', to: 'metric:profit', verdict: 'broken', why: 'It fell.' }],
        guardrails: [],
      },
    ],
    profitCoverage: 'full',
    unknownCosts: [],
  },
};

const voice = {
  quoteId: 'q1',
  disposition: 'supports',
  words: 'we never knew <script>alert(1)</script> the total',
  pseudonym: 'Visitor A',
  how: 'interview',
  directness: 'first_hand_live' as const,
  heardAt: '2026-02-01T00:00:00.000Z',
};

function decided(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    action: 'ship',
    variant: 'b',
    reason: 'r',
    holdBack: null,
    rereadAt: null,
    overrideReason: null,
    overrideRequestedBy: null,
    learning: null,
    by: 'Olga',
    at: '2026-03-02T00:00:00.000Z',
    ...changes,
  };
}

function input(changes: Partial<BriefInput> = {}): BriefInput {
  return {
    experiment: {
      key: 'k',
      name: 'Show the total',
      kind: 'ab',
      status: 'maturing',
      rationale: {
        because: { struggle: { text: 'they cannot tell', quoteIds: ['q1'] } },
        experience: { betterOff: 'buyers', worseOff: 'nobody' },
        wrongIf: 'complaints rise',
      },
    },
    plan: null,
    insights: [{ id: 'i1', statement: 'People cannot tell the total' }],
    voices: [voice],
    evaluation,
    decisions: [],
    guardrailAnswers: [],
    answerers: [],
    rereads: [],
    learned: [],
    amendments: [],
    gateNotes: [],
    evidenceWithdrawn: false,
    evidenceGapAnswered: false,
    costs: { coverage: 'full', unknown: [] },
    sandbox: false,
    ...changes,
  };
}

describe('composeBrief', () => {
  it('prints what the gate let pass and noted', () => {
    const note = 'For support the author acknowledged alone: nobody else did.';
    const brief = composeBrief(input({ gateNotes: [note] }));
    expect(brief.why.gateNotes).toEqual([note]);
    expect(briefMarkdown(brief)).toContain(`- The gate noted: ${note}`);
  });

  it('puts the voices, the move, the money, the verdict and the lesson on one page', () => {
    const brief = composeBrief(input());
    expect(brief.whoSaidSo).toMatchObject({ people: 1 });
    expect(brief.whatMoved.map(({ sentence }) => sentence)).toEqual([
      'clicks in b rose by 2.00 percentage points (+0.2%) against a (between -98.00 percentage points and 102.00 percentage points).',
    ]);
    expect(brief.whatItEarned.map(({ sentence }) => sentence)).toEqual([
      'Profit: each unit in b brought 1.50 EUR less than in a (-15.0%) (between -2.50 EUR and -0.50 EUR).',
    ]);
    expect(brief.verdicts[0]?.sentence).toContain('proxy trap');
    expect(brief.learned).toEqual([
      'b: the step from metric:clicks to metric:profit did not hold. It fell.',
      'b: the leading metric was a shadow of success here, not its cause.',
    ]);
    expect(brief.labels).toEqual([]);
  });

  it.each<[string, Partial<BriefInput>, string]>([
    ['a sandbox', { sandbox: true }, 'Sandbox'],
    ['partial profit', { costs: { coverage: 'partial', unknown: ['cogs'] } }, 'cogs'],
    ['withdrawn evidence', { evidenceWithdrawn: true }, 'withdrawn'],
    [
      'an answered gap',
      { evidenceWithdrawn: true, evidenceGapAnswered: true },
      'the gap is answered in writing',
    ],
    [
      'an override, with who decided and why',
      { decisions: [decided({ overrideReason: 'the board wants it' })] },
      'by Olga: the board wants it',
    ],
    [
      'an override that took two',
      { decisions: [decided({ overrideReason: 'why', overrideRequestedBy: 'Ben' })] },
      'Decided against the gate by Olga, asked for by Ben: why',
    ],
    [
      'a provisional ship with its hold-back and its date',
      {
        decisions: [
          decided({
            action: 'ship_provisional',
            holdBack: 0.05,
            rereadAt: '2026-05-03T00:00:00.000Z',
          }),
        ],
      },
      'profit unknown; 5% keep the control; read again on 3 May 2026',
    ],
  ])('says %s first', (_name, changes, words) => {
    const brief = composeBrief(input(changes));
    expect(brief.labels.join()).toContain(words);
    expect(briefMarkdown(brief).split('## ')[0]).toContain(words);
  });

  it('calls profit partial wherever it stands while a cost is unknown', () => {
    const verdict = { ...evaluation.verdict, profitCoverage: 'partial' as const };
    const partial = input({
      evaluation: { ...evaluation, verdict },
      costs: { coverage: 'partial', unknown: ['cogs'] },
    });
    const brief = composeBrief(partial);
    expect(brief.whatItEarned[0]?.sentence).toMatch(/^Partial profit/);
    expect(briefMarkdown(brief)).toContain('## What it earned (partial profit)');
  });

  it('shows everybody so far, as such, while nobody has matured', () => {
    const notComputed = { reason: 'not-matured' as const, detail: 'no unit has matured' };
    const young: MetricReport = {
      ...profit,
      comparisons: [{ variant: 'b', control: 'a', notComputed }],
      running: { arms: [], comparisons: [comparison(3)] },
    };
    const brief = composeBrief(input({ evaluation: { ...evaluation, metrics: [young] } }));
    expect(brief.whatItEarned[0]).toMatchObject({ basis: 'running' });
    expect(brief.whatItEarned[0]?.sentence).toContain('not for deciding');
  });

  it('leaves out words that were set aside', () => {
    const excluded = { ...voice, pseudonym: 'Sales rep', disposition: 'excluded' };
    expect(composeBrief(input({ voices: [voice, excluded] })).whoSaidSo).toEqual({
      people: 1,
      voices: [voice],
    });
  });

  it('says so before anything was evaluated', () => {
    const markdown = briefMarkdown(composeBrief(input({ evaluation: null })));
    expect(markdown).toContain('Nothing has been evaluated yet.');
  });
});

describe('briefMarkdown', () => {
  it('B76: words of people stay text', () => {
    const markdown = briefMarkdown(composeBrief(input()));
    expect(markdown).not.toContain('<script>');
    expect(markdown).toContain('&lt;script&gt;');
  });

  it('never shows hearsay like somebody’s own experience', () => {
    const rep = { ...voice, pseudonym: 'Sales rep', directness: 'hearsay' as const };
    const markdown = briefMarkdown(composeBrief(input({ voices: [voice, rep] })));
    expect(markdown).toContain('— Visitor A, interview, first-hand, live, 2026-02-01');
    expect(markdown).toContain('— Sales rep, interview, **hearsay**, 2026-02-01');
  });

  it('says when words were erased', () => {
    const brief = composeBrief(input({ voices: [{ ...voice, words: null }] }));
    expect(briefMarkdown(brief)).toContain('words erased');
  });
});
