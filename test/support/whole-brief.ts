import type { Brief } from '../../src/domain/brief/brief.js';

/** A brief in which everything is there, with invented people; `text` writes each free text of it. */
export function wholeBrief(text: (words: string) => string = (words) => words): Brief {
  const money = (estimate: number) => ({ estimate, lower: estimate - 0.4, upper: estimate + 0.4 });
  const claim = (estimate: number, windowDays: number) => ({
    perUnit: money(estimate),
    units: 21_307,
    total: { estimate: estimate * 21_307, lower: -2_000, upper: 13_000 },
    windowDays,
  });
  const decision = {
    action: 'ship_provisional' as const,
    variant: text('mens'),
    by: text('Olga'),
    at: '2026-03-02T00:00:00.000Z',
    sentence: text(
      'Shipped provisionally, profit unknown (mens) by Olga on 2026-03-02: a long tail.',
    ),
    holdBack: 0.05,
    rereadAt: '2026-05-03T00:00:00.000Z',
    overrideReason: text('the season ends before the money is in'),
    overrideRequestedBy: text('Ben'),
    learned: [text('Why it came out so, in part: they wanted to see what is new')],
  };
  return {
    experimentKey: 'e-mails',
    name: text('A mail with what is new'),
    kind: 'ab',
    status: 'decided',
    labels: [text('Partial profit: nobody has declared support_cost'), text('Decided by two')],
    why: {
      insights: [text('People forget us between two visits')],
      because: [
        { part: 'struggle', text: text('they mean to come back and forget'), assumption: false },
        { part: 'change', text: text('a mail with what is new'), assumption: true },
      ],
      betterOff: text('people who want what is new'),
      worseOff: text('people who get too much mail'),
      wrongIf: text('more of them unsubscribe than buy'),
      gateNotes: [text('At today’s traffic this takes 40 days; planned are 14.')],
    },
    whoSaidSo: {
      people: 2,
      voices: [
        {
          quoteId: 'q1',
          disposition: 'supports',
          words: text('I had meant to look again in spring and then it was autumn'),
          pseudonym: text('Customer A'),
          how: text('interview'),
          directness: 'first_hand_live',
          heardAt: '2026-01-11T10:00:00.000Z',
        },
        {
          quoteId: 'q2',
          disposition: 'contradicts',
          words: text('One more mail and I leave the list'),
          pseudonym: text('Customer B'),
          how: text('interview'),
          directness: 'hearsay',
          heardAt: '2026-01-12T10:00:00.000Z',
          response: text('We send one mail, and watch who leaves.'),
        },
      ],
    },
    asOf: '2026-03-01T00:00:00.000Z',
    health: ['Units: none 21,306, mens 21,307.', text('No unit met two variants.')],
    whatMoved: [
      {
        metric: 'visit',
        name: 'Visits',
        role: 'leading',
        variant: 'mens',
        basis: 'matured',
        sentence: text('Visits in mens rose by 7.66 percentage points (+72.1%) against none.'),
      },
    ],
    whatItEarned: [
      {
        metric: 'profit',
        name: 'Profit',
        role: 'deciding',
        variant: 'mens',
        basis: 'matured',
        sentence: text('Partial profit: each unit in mens brought 0.27 USD more than in none.'),
      },
    ],
    profitCoverage: 'partial',
    unknownCosts: ['support_cost'],
    money: {
      metric: 'profit',
      currency: 'USD',
      word: 'Partial profit',
      basis: 'matured',
      waterfalls: [
        {
          variant: text('none'),
          units: 21_306,
          steps: [
            { name: text('revenue'), amount: 0.65, from: 0, to: 0.65 },
            { name: text('email'), amount: 0, from: 0.65, to: 0.65 },
          ],
          perUnit: 0.65,
          total: 13_908.33,
          sentence: text('Partial profit: each of the 21,306 units in none brought 0.65 USD.'),
        },
        {
          variant: text('mens'),
          units: 21_307,
          steps: [
            { name: text('revenue'), amount: 1.42, from: 0, to: 1.42 },
            { name: text('email'), amount: -0.5, from: 1.42, to: 0.92 },
          ],
          perUnit: 0.92,
          total: 19_661.12,
          sentence: text('Partial profit: each of the 21,307 units in mens brought 0.92 USD.'),
        },
      ],
      differences: [
        {
          variant: 'mens',
          sentence: text('Partial profit per unit, mens against none: +0.27 USD.'),
        },
      ],
      leftOut: [text('Entries of email are in no sum.')],
      capped: [
        {
          variant: text('mens'),
          capped: money(0.27),
          uncapped: money(0.31),
          sentence: text('Both are shown.'),
        },
      ],
      projections: [
        {
          variant: 'mens',
          values: 'capped',
          soFar: { units: 21_307, ...money(5_752.89) },
          sentence: text('Partial profit: a year of it.'),
        },
      ],
      waiting: [text('Waiting until 3 May 2026 would narrow the interval of mens.')],
    },
    guardrails: [
      {
        metric: 'unsubscribed',
        name: text('Unsubscribed'),
        department: text('crm'),
        owner: text('Ben'),
        answerer: text('Ben'),
        states: [
          {
            variant: 'mens',
            state: 'breached',
            standing: 'accepted',
            sentence: text(
              'Unsubscribed in mens is worse than its margin; its owner accepts that.',
            ),
          },
        ],
        answers: [
          {
            variant: text('mens'),
            accepted: true,
            answer: text('They had not opened a mail for a year.'),
            by: text('Ben'),
            at: '2026-03-01T12:00:00.000Z',
          },
        ],
      },
    ],
    gaps: [
      {
        department: text('stores'),
        expectedEffect: text('more people ask for what is new'),
        observationPlan: text('count the questions by hand on 2026-04-01'),
      },
    ],
    verdicts: [
      {
        variant: 'mens',
        state: 'proxy_win_profit_flat',
        sentence: text('mens wins on the leading metric, and profit held up.'),
        reasons: [text('The leading metric visit improved.')],
        chain: [
          {
            from: text('change'),
            to: text('metric:visit'),
            verdict: 'held',
            why: text('change went up and metric:visit went up.'),
            lagDays: 3,
          },
          {
            from: 'metric:visit',
            to: 'metric:profit',
            verdict: 'not_measured',
            why: text('metric:profit has not moved so far.'),
          },
        ],
      },
    ],
    winner: text('mens'),
    decision,
    decisions: [decision],
    afterDecision: [
      {
        kind: 'horizon',
        days: 90,
        dueAt: '2026-05-31T00:00:00.000Z',
        status: 'done',
        currency: 'USD',
        doneAt: '2026-05-31T00:05:00.000Z',
        controlFate: 'treated',
        stillCausal: false,
        proposal: 'roll_back',
        sentence: text('The re-read at day 90 was done on 31 May 2026.'),
        findings: [
          {
            variant: text('mens'),
            before: 'profit_win',
            now: 'proxy_trap',
            outcome: 'revised',
            claimed: claim(0.27, 30),
            realised: claim(-0.1, 90),
            sentence: text('mens: an earlier win is a proxy trap now.'),
          },
        ],
      },
    ],
    learned: [text('mens: nobody measured the step metric:visit to metric:profit.')],
    learning: [
      {
        variant: 'mens',
        metric: 'better',
        metricKey: 'visit',
        mechanism: 'unknown',
        outcome: 'open',
        sentence: text('mens: the metric got better, and nobody knows whether the reason held.'),
        reasons: [text('Nobody was asked.')],
        insights: [
          { insightId: 'i1', effect: 'none', sentence: text('Left as it was by this test.') },
        ],
      },
    ],
    followUps: [
      {
        question: text('What made you come back?'),
        dueAt: '2026-04-01T00:00:00.000Z',
        sentence: text('To be asked by 1 April 2026: what made you come back?'),
      },
    ],
    amendments: [
      {
        planVersion: 2,
        at: '2026-02-10T00:00:00.000Z',
        by: text('Olga'),
        reason: text('the list grew'),
        sentence: text(
          'Plan version 2, 10 February 2026, by Olga: traffic is 50%, because the list grew',
        ),
      },
    ],
  };
}
