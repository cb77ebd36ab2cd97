import type { GateItem } from '../evidence/gate-report.js';
import type { DecideGateInput } from './decide-case.js';

/** What does not keep anybody from deciding, and is shown with the decision. */
export function decideWarnings(input: DecideGateInput): GateItem[] {
  return [
    ...partialProfit(input),
    ...gapAnswered(input),
    ...judgedByNumbers(input),
    ...nothingTaught(input),
  ];
}

function ships({ action }: DecideGateInput): boolean {
  return action === 'ship' || action === 'ship_provisional';
}

/** Shipping on partial profit is allowed and never silent. */
function partialProfit(input: DecideGateInput): GateItem[] {
  const { verdict } = input;
  if (!ships(input) || verdict === null || verdict.profitCoverage === 'full') return [];
  return [
    {
      code: 'PARTIAL_PROFIT',
      severity: 'warns',
      pointer: '',
      expected: 'full',
      actual: verdict.profitCoverage,
      subjects: verdict.unknownCosts,
      why: `This is partial profit: nobody has declared ${verdict.unknownCosts.join(', ')}.`,
      remedies: [
        {
          action: 'Declare the costs',
          method: 'PUT',
          path: '/v1/project',
          needs: 'costs: how each unknown kind is measured, or why there is none',
        },
      ],
    },
  ];
}

function gapAnswered(input: DecideGateInput): GateItem[] {
  if (!ships(input) || !input.evidenceWithdrawn || !input.evidenceGapAnswered) return [];
  return [
    {
      code: 'EVIDENCE_GAP_ANSWERED',
      severity: 'warns',
      pointer: '/action',
      expected: false,
      actual: true,
      subjects: [],
      why: 'Evidence behind this test was withdrawn; the gap is answered in writing.',
      remedies: [],
    },
  ];
}

/** Nobody's note overrules a measured link, and nobody's note disappears either. */
function judgedByNumbers({ kind, learning }: DecideGateInput): GateItem[] {
  const overruled = learning.links.filter(({ saidInstead }) => saidInstead !== null);
  if (kind === 'aa' || overruled.length === 0) return [];
  return [
    {
      code: 'LINK_JUDGED_BY_NUMBERS',
      severity: 'warns',
      pointer: '/links',
      expected: 0,
      actual: overruled.length,
      subjects: overruled.map(({ from, to }) => `${from} -> ${to}`),
      why: 'Some links were said to be other than the numbers show; the numbers stand.',
      remedies: [],
    },
  ];
}

/** An A/A test compares a thing with itself: nothing about people can follow from it. */
function nothingTaught({ kind, learning: { said } }: DecideGateInput): GateItem[] {
  const isSaid =
    said.why !== null || said.links.length + said.surprises.length + said.sideEffects.length > 0;
  if (kind !== 'aa' || !isSaid) return [];
  return [
    {
      code: 'AA_TEACHES_NOTHING',
      severity: 'warns',
      pointer: '/why',
      expected: false,
      actual: true,
      subjects: [],
      why: 'Both arms of an A/A test are the same, so what was said about people is not kept.',
      remedies: [],
    },
  ];
}
