import { rereadOutcome } from './reread-outcome.js';
import type { MoneyEffect, ProfitClaim, RereadOutcome, VariantClaim } from './reread.js';
import type { VerdictState } from '../verdict/verdict.js';

/** What all shipped experiments together claimed to earn, and what was found when it was read again. */

export const SHIPPED_CLASSES = ['win', 'without_win', 'provisional'] as const;
/** `without_win`: shipped as not worse, or against the gate. `provisional`: never counted as a win. */
export type ShippedClass = (typeof SHIPPED_CLASSES)[number];

/** The newest reading in which the profit of the shipped variant was computed. */
export interface ShippedReading {
  rereadId: string;
  dueAt: Date;
  now: VerdictState;
  realised: ProfitClaim;
  stillCausal: boolean;
}

/** An experiment whose variant was shipped, by its last decision to ship. */
export interface ShippedTest {
  experimentKey: string;
  decisionId: string;
  action: 'ship' | 'ship_provisional';
  variant: string;
  decidedAt: Date;
  /** Against the gate. */
  overridden: boolean;
  /** A later decision has taken it back. */
  takenBack: boolean;
  currency: string;
  /** What the decision claimed of the variant; null where it was not kept. */
  claim: VariantClaim | null;
  reading: ShippedReading | null;
}

export interface ProgrammeEntry extends ShippedTest {
  class: ShippedClass;
  /** Of the reading, against what the decision claimed; null without a reading. */
  outcome: RereadOutcome | null;
}

export interface ClassCounts {
  shipped: number;
  confirmed: number;
  revised: number;
  /** Nothing has been read again, or it did not tell. */
  withoutReading: number;
  takenBack: number;
  overridden: number;
}

/** Money of several experiments together. */
export interface MoneySum extends MoneyEffect {
  experiments: number;
}

export interface ProgrammeProfit {
  currency: string;
  entries: ProgrammeEntry[];
  counts: Record<ShippedClass, ClassCounts>;
  /** Left out of the sums: their plan counts in another currency. */
  otherCurrency: number;
  /** Of all that was shipped on its profit; null where nothing was claimed. */
  claimed: MoneySum | null;
  /** Of those among them that were read again: what they claimed beside what was found. */
  compared: { claimed: MoneySum; realised: MoneySum } | null;
  /** Of provisional ships that were read; they claimed nothing. */
  provisionalRealised: MoneySum | null;
  notes: string[];
}

const INDEPENDENT =
  'Sums have intervals as if the experiments were independent: the half width is the root of the ' +
  'sum of the squared half widths. Each total is of the people in its test, not of all who got the ' +
  'change since.';
const WINNERS_CURSE =
  'What is shipped is chosen because its estimate was high, so the sum of the claims is too high on ' +
  'average (winner’s curse). A re-read adds the money that came later to the same people; only a ' +
  'hold-back or a new test can take out the luck of who they were.';
const LONGER =
  'Claims are over the window of the plan, realised profit over the longer window of the re-read. ' +
  'Where the control has got the change meanwhile, a difference tends to shrink.';

/** The programme. A win is a ship whose profit had matured and won; a provisional ship never is one. */
export function programmeProfit(tests: readonly ShippedTest[], currency: string): ProgrammeProfit {
  const entries = tests.map((test): ProgrammeEntry => {
    const { reading, claim } = test;
    const outcome =
      reading === null ? null : rereadOutcome(claim?.before ?? 'collecting', reading.now);
    return { ...test, class: classOf(test), outcome };
  });
  const summed = entries.filter((entry) => entry.currency === currency);
  const shipped = summed.filter((entry) => entry.class !== 'provisional');
  const read = shipped.flatMap(({ claim, reading }) =>
    claim?.claimed === undefined || reading === null
      ? []
      : [{ claimed: claim.claimed, realised: reading.realised }],
  );
  const claimed = sumOf(read.map((one) => one.claimed));
  const realised = sumOf(read.map((one) => one.realised));
  return {
    currency,
    entries,
    counts: {
      win: countsOf(entries, 'win'),
      without_win: countsOf(entries, 'without_win'),
      provisional: countsOf(entries, 'provisional'),
    },
    otherCurrency: entries.length - summed.length,
    claimed: sumOf(shipped.flatMap(({ claim }) => claim?.claimed ?? [])),
    compared: claimed === null || realised === null ? null : { claimed, realised },
    provisionalRealised: sumOf(
      summed.flatMap((entry) =>
        entry.class === 'provisional' && entry.reading !== null ? [entry.reading.realised] : [],
      ),
    ),
    notes: [INDEPENDENT, LONGER, WINNERS_CURSE],
  };
}

function classOf({ action, claim }: ShippedTest): ShippedClass {
  if (action === 'ship_provisional') return 'provisional';
  return claim?.before === 'profit_win' ? 'win' : 'without_win';
}

function countsOf(all: readonly ProgrammeEntry[], which: ShippedClass): ClassCounts {
  const entries = all.filter((entry) => entry.class === which);
  const count = (is: (entry: ProgrammeEntry) => boolean) => entries.filter(is).length;
  return {
    shipped: entries.length,
    confirmed: count(({ outcome }) => outcome === 'confirmed'),
    revised: count(({ outcome }) => outcome === 'revised'),
    withoutReading: count(({ outcome }) => outcome === null || outcome === 'not_computed'),
    takenBack: count(({ takenBack }) => takenBack),
    overridden: count(({ overridden }) => overridden),
  };
}

function sumOf(claims: readonly Pick<ProfitClaim, 'total'>[]): MoneySum | null {
  if (claims.length === 0) return null;
  let estimate = 0;
  let below = 0;
  let above = 0;
  for (const { total } of claims) {
    estimate += total.estimate;
    below += (total.estimate - total.lower) ** 2;
    above += (total.upper - total.estimate) ** 2;
  }
  return {
    experiments: claims.length,
    estimate,
    lower: estimate - Math.sqrt(below),
    upper: estimate + Math.sqrt(above),
  };
}
