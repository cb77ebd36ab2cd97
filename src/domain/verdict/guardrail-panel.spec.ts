import { aMetric } from '../../../test/support/metric-builder.js';
import type { AnalysisPlan } from '../experiments/plan.js';
import type { Metric } from '../metrics/metric.js';
import type { GuardrailAnswer } from './guardrail-answer.js';
import { gapsOf, guardrailPanel } from './guardrail-panel.js';
import type { Verdict } from './verdict.js';

const NOBODY = { member: null, department: null, departmentMembers: [] };
const planned = (inExperiment: 'leading' | 'guardrail', definition: Metric) => ({
  inExperiment,
  definition,
  prior: { kind: 'normal_relative' as const, mean: 0, sd: 0.05 },
  source: 'assumed' as const,
  sinceVersion: 1,
});
/** Of a leading metric of conversions, which asks for one of quality and one of load beside it. */
const planOf = (...guardrails: Metric[]) =>
  ({
    launchedAt: '2026-03-01T00:00:00.000Z',
    variants: [
      { key: 'long', control: true },
      { key: 'short', control: false },
      { key: 'tiny', control: false },
    ],
    metrics: [
      planned('leading', aMetric('signups')),
      ...guardrails.map((one) => planned('guardrail', one)),
    ],
  }) as unknown as AnalysisPlan;
const TICKETS = aMetric('tickets', { class: 'load' });
const now = new Date('2026-04-01T12:00:00Z');

describe('guardrailPanel', () => {
  const inVariant = (variant: string, state: 'non_inferior' | 'breached') => ({
    variant,
    guardrails: [{ key: 'tickets', state, sequentialHarm: false }],
  });
  const verdict = {
    perVariant: [inVariant('short', 'breached'), inVariant('tiny', 'non_inferior')],
  } as unknown as Verdict;
  const panelOf = (answers: object[], seen: Verdict | null = verdict) =>
    guardrailPanel({
      plan: planOf(TICKETS),
      rationale: undefined,
      verdict: seen,
      answers: answers as GuardrailAnswer[],
      owners: [{ key: 'tickets', owner: NOBODY }],
      now,
    }).guardrails[0];

  it('is about each variant but the control, and says which is kept from shipping', () => {
    const tickets = panelOf([]);
    expect(tickets?.variants).toEqual([
      {
        variant: 'short',
        judged: { state: 'breached', sequentialHarm: false, standing: 'unanswered' },
        blocksShip: true,
      },
      {
        variant: 'tiny',
        judged: { state: 'non_inferior', sequentialHarm: false, standing: 'nothing_to_answer' },
        blocksShip: false,
      },
    ]);
    expect(tickets?.blocksShip).toBe(true);
  });

  it('is opened by an answer', () => {
    const answer = { metric: 'tickets', variant: 'short', accepted: true, state: 'breached' };
    expect(panelOf([answer])).toMatchObject({ answers: [answer], blocksShip: false });
  });

  it('keeps from shipping what nobody has evaluated', () => {
    expect(
      panelOf([], null)?.variants.map(({ judged, blocksShip }) => [judged, blocksShip]),
    ).toEqual([
      [null, true],
      [null, true],
    ]);
  });
});

describe('gapsOf', () => {
  const plan = (department: string, observationPlan: string) => ({
    department,
    expectedEffect: 'more calls',
    reason: 'the form is short',
    observationPlan,
  });
  const due = (department: string, dueOn: string, isOver: boolean) => ({
    department,
    plan: `Counted by hand until ${dueOn}`,
    dueOn,
    isOver,
  });
  const until = (day: string) => `Counted by hand until ${day}`;

  it.each<[string, Metric[], object[], object[]]>([
    ['nobody observes anything', [TICKETS], [], []],
    [
      'one guardrail is missing',
      [TICKETS],
      [plan('sales', until('2026-05-01'))],
      [due('sales', '2026-05-01', false)],
    ],
    [
      'the day is over',
      [TICKETS],
      [plan('sales', until('2026-03-31'))],
      [due('sales', '2026-03-31', true)],
    ],
    [
      'it is the day',
      [TICKETS],
      [plan('sales', until('2026-04-01'))],
      [due('sales', '2026-04-01', false)],
    ],
    ['a plan without a day', [TICKETS], [plan('sales', 'We will see')], []],
    ['a day from before the launch', [TICKETS], [plan('sales', until('2026-02-28'))], []],
    ['a day that does not exist', [TICKETS], [plan('sales', until('2026-04-31'))], []],
    [
      'more is observed than is missing',
      [TICKETS],
      [plan('sales', until('2026-05-01')), plan('legal', until('2026-05-02'))],
      [due('sales', '2026-05-01', false)],
    ],
    [
      'both are missing',
      [],
      [plan('sales', until('2026-05-01')), plan('support', until('2026-05-02'))],
      [due('sales', '2026-05-01', false), due('support', '2026-05-02', false)],
    ],
    [
      'nothing is missing',
      [TICKETS, aMetric('kept', { class: 'stage_quality' })],
      [plan('sales', until('2026-05-01'))],
      [],
    ],
  ])('%s', (_name, guardrails, impacts, gaps) => {
    const rationale = { impacts: impacts as [] };
    expect(gapsOf({ plan: planOf(...guardrails), rationale, now })).toEqual(gaps);
  });
});
