import type {
  CompositionReport,
  MoneyPart,
  ProjectedMoney,
  ProjectionReport,
} from '../evaluation/money-report.js';
import type { ComparisonReport, MetricReport } from '../evaluation/result.js';
import { wholeInWords } from '../text/amount-in-words.js';
import { profitWord } from '../verdict/reasons.js';
import { dayInWords, moneyInWords, rangeInWords, signedMoney } from '../text/money-in-words.js';
import type { BriefCap, BriefMoney, BriefWaterfall } from './brief.js';

/** What it earned: numbers of the evaluation, put in order and into words. Only running sums are new. */

export function moneyOf(
  metric: MetricReport | undefined,
  coverage: 'full' | 'partial',
): BriefMoney | undefined {
  if (metric?.currency === undefined || metric.unit !== 'currency') return undefined;
  const { currency, composition, comparisons, projections = [] } = metric;
  const word = profitWord(coverage);
  const of: Said = { currency, word };
  return {
    metric: metric.key,
    currency,
    word,
    ...(composition === undefined ? {} : { basis: composition.basis }),
    waterfalls: composition === undefined ? [] : waterfallsOf(composition, of),
    differences: composition === undefined ? [] : differencesOf(composition, comparisons, of),
    leftOut: composition === undefined ? [] : leftOutOf(composition, of),
    capped: comparisons.flatMap((comparison) => cappedOf(comparison, metric, of)),
    projections: projections.map((one) => ({ ...one, sentence: projectionSentence(one, of) })),
    waiting: waitingOf(metric, of),
  };
}

interface Said {
  currency: string;
  word: 'Profit' | 'Partial profit';
}

/** `support_cost` is written for programs. */
function partInWords(name: string): string {
  return name === 'other' ? 'all other entries' : name.replaceAll('_', ' ');
}

function waterfallsOf({ parts, totals, basis }: CompositionReport, of: Said): BriefWaterfall[] {
  return totals.flatMap(({ variant, units, total, perUnit }) => {
    if (perUnit === undefined) return [];
    let sum = 0;
    const steps = parts.flatMap((part) => {
      const amount = perUnitOf(part, variant);
      if (amount === undefined || isNothing(part)) return [];
      const from = sum;
      sum += amount;
      return [{ name: partInWords(part.name), amount, from, to: sum }];
    });
    const waterfall = { variant, units, steps, perUnit, total };
    return [{ ...waterfall, sentence: broughtSentence(waterfall, basis, of) }];
  });
}

/** What no arm has is no step on anybody's way. */
function isNothing({ arms }: MoneyPart): boolean {
  return arms.every(({ total }) => total === 0);
}

function perUnitOf({ arms }: MoneyPart, variant: string): number | undefined {
  return arms.find((arm) => arm.variant === variant)?.perUnit;
}

/** "Each of the 21,307 units in mens brought 0.92 USD: revenue 1.42 USD, e-mails -0.50 USD; 19,661.12 USD together." */
function broughtSentence(
  { variant, units, steps, perUnit, total }: Omit<BriefWaterfall, 'sentence'>,
  basis: CompositionReport['basis'],
  { currency, word }: Said,
): string {
  const parts = steps
    .map(({ name, amount }) => `${name} ${moneyInWords(currency, amount)}`)
    .join(', ');
  const so = basis === 'running' ? ' so far' : '';
  return (
    `${word}: each of the ${wholeInWords(units)} units in ${variant} brought ` +
    `${moneyInWords(currency, perUnit)}${so}${parts === '' ? '' : ` (${parts})`}, ` +
    `${moneyInWords(currency, total)} together.`
  );
}

function differencesOf(
  { parts, totals }: CompositionReport,
  comparisons: readonly ComparisonReport[],
  { currency, word }: Said,
): BriefMoney['differences'] {
  return comparisons.flatMap(({ variant, control }) => {
    const sum = differenceOf(totals, variant, control);
    if (sum === undefined) return [];
    const moved = parts.flatMap((part) => {
      const difference = differenceOf(part.arms, variant, control);
      if (difference === undefined || difference === 0) return [];
      return [`${partInWords(part.name)} ${signedMoney(currency, difference)}`];
    });
    const sentence =
      `${word} per unit, ${variant} against ${control}: ` +
      `${[...moved, `together ${signedMoney(currency, sum)}`].join(', ')}.`;
    return [{ variant, sentence }];
  });
}

function differenceOf(
  arms: readonly { variant: string; perUnit?: number }[],
  variant: string,
  control: string,
): number | undefined {
  const at = (key: string) => arms.find((arm) => arm.variant === key)?.perUnit;
  const [one, other] = [at(variant), at(control)];
  return one === undefined || other === undefined ? undefined : one - other;
}

/** Both are shown wherever values are cut: which of them is right depends on the question. */
function cappedOf(
  { variant, control, absolute, uncapped }: ComparisonReport,
  { cap }: MetricReport,
  { currency, word }: Said,
): BriefCap[] {
  if (absolute === undefined || uncapped === undefined) return [];
  const size = ({ estimate, lower, upper }: BriefCap['capped']) => ({ estimate, lower, upper });
  const where = cap === undefined ? '' : ` at ${moneyInWords(currency, cap.high)} a unit`;
  const said = (one: BriefCap['capped']) =>
    `${signedMoney(currency, one.estimate)} (${rangeInWords(currency, one)})`;
  return [
    {
      variant,
      capped: size(absolute),
      uncapped: size(uncapped),
      sentence:
        `${word} per unit, ${variant} against ${control}: with values cut${where} ` +
        `${said(absolute)}, which decides; as they came ${said(uncapped)}.`,
    },
  ];
}

function projectionSentence(
  { variant, values, soFar, perYear, uncapped }: ProjectionReport,
  { currency, word }: Said,
): string {
  const size = (money: ProjectedMoney) =>
    `${signedMoney(currency, money.estimate)} (${rangeInWords(currency, money)})`;
  const beside = (money: ProjectedMoney | undefined) =>
    money === undefined ? '' : `, ${size(money)} as values came`;
  const cut = values === 'capped' ? ' with values cut' : '';
  const known =
    `${word}: the ${wholeInWords(soFar.units)} units in ${variant} whose time has come brought ` +
    `${size(soFar)} against the control${cut}${beside(uncapped?.soFar)}`;
  if (perYear === undefined) return `${known}.`;
  return (
    `${known}; for everybody it would come to ${size(perYear)} a year${cut}` +
    `${beside(uncapped?.perYear)}, if ${wholeInWords(perYear.units)} units come as they came ` +
    'during the test and the effect stays as it was.'
  );
}

function leftOutOf({ leftOut = [] }: CompositionReport, { currency }: Said): string[] {
  return leftOut.map(({ name, arms }) => {
    const each = arms.map(({ variant, total }) => `${variant} ${moneyInWords(currency, total)}`);
    return `Entries of ${partInWords(name)} are in no sum, because what it costs is declared: ${each.join(', ')}.`;
  });
}

function waitingOf({ maturity }: MetricReport, { currency }: Said): string[] {
  const { waiting, closesAt } = maturity;
  if (waiting === undefined) return [];
  const days = `${wholeInWords(waiting.days)} more ${waiting.days === 1 ? 'day' : 'days'}`;
  const until = closesAt === undefined ? days : `until ${dayInWords(closesAt)}`;
  return waiting.variants.map(({ variant, halfWidthNow, halfWidthThen }) => {
    const half = (width: number) => `±${moneyInWords(currency, width)}`;
    return halfWidthThen < halfWidthNow
      ? `Waiting ${until} would narrow the interval of ${variant} from ${half(halfWidthNow)} to ${half(halfWidthThen)}.`
      : `Waiting ${until} would not narrow the interval of ${variant}: it is ${half(halfWidthNow)} now.`;
  });
}
