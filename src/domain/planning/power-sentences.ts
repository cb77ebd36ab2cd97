import { amountInWords, wholeInWords } from '../text/amount-in-words.js';
import type { EffectPlan, EffectSize, PowerQuestion, TimePlan } from './power-question.js';

/** "At today's traffic a 2% change in profit per visitor needs 41 days." */
export function effectSentence(
  question: PowerQuestion,
  { effect, unitsNeeded, days, daysToResult }: Omit<EffectPlan, 'sentence'>,
): string {
  const what = goalInWords(question, effect);
  if (days === undefined || daysToResult === undefined) {
    return `${what} needs ${unitsInWords(question, unitsNeeded ?? 0)}.`;
  }
  const wait =
    daysToResult > days ? `, and the result is complete on day ${wholeInWords(daysToResult)}` : '';
  return (
    `${trafficInWords(question)}${lowered(what)} needs ${daysInWords(days)} of enrolment ` +
    `(${unitsInWords(question, unitsNeeded ?? 0)})${wait}.`
  );
}

/** "In 14 days you can see 3.5%." */
export function sizeSentence(
  question: PowerQuestion,
  { days, units, smallestEffect }: Omit<TimePlan, 'sentence'>,
): string {
  const time = `In ${daysInWords(days)} (${unitsInWords(question, units ?? 0)})`;
  return `${time} ${shownInWords(question, smallestEffect)}.`;
}

/** The first effect whose time is known, and the first time whose effect is known. */
export function summarySentence(
  question: PowerQuestion,
  effects: readonly EffectPlan[],
  times: readonly TimePlan[],
): string {
  const effect = effects.find(({ days }) => days !== undefined);
  const time = times.find(({ smallestEffect }) => smallestEffect !== undefined);
  if (effect?.days === undefined) return (effects[0] ?? times[0])?.sentence ?? 'Nothing was asked.';
  const first =
    `${trafficInWords(question)}${lowered(goalInWords(question, effect.effect))} needs ` +
    daysInWords(effect.days);
  return time?.smallestEffect === undefined
    ? `${first}.`
    : `${first}; in ${daysInWords(time.days)} ${shownInWords(question, time.smallestEffect)}.`;
}

function trafficInWords(question: PowerQuestion): string {
  const { baseline, traffic } = question;
  const perDay = unitsInWords(question, (baseline.unitsPerDay ?? 0) * traffic);
  const lead = baseline.source === 'measured' ? "At today's traffic" : 'At a traffic';
  return `${lead} of ${perDay} a day, `;
}

function goalInWords(question: PowerQuestion, effect: EffectSize): string {
  const { metric, unitKind, margin } = question;
  const where = `${metric.name} per ${unitKind}`;
  if (margin !== undefined) {
    const limit =
      margin.scale === 'relative'
        ? percent(margin.value)
        : amountInWords(metric, Math.abs(margin.value));
    return `To show that ${where} is not worse by ${limit}`;
  }
  return `A ${sizeInWords(question, effect)} change in ${where}`;
}

function unitsInWords({ unitKind }: PowerQuestion, units: number): string {
  return `${wholeInWords(units)} ${unitKind}${Math.round(units) === 1 ? '' : 's'}`;
}

/** A difference can be seen; "not worse" can be shown as long as the truth is good enough. */
function shownInWords(question: PowerQuestion, effect: EffectSize | undefined): string {
  if (effect === undefined) return 'nothing can be said';
  const size = sizeInWords(question, effect);
  if (question.margin === undefined) return `you can see ${size}`;
  const isBetter = effect.absolute > 0 === (question.metric.direction === 'increase');
  return `you can show it if the truth is ${size} ${isBetter ? 'better' : 'worse'} or more`;
}

function sizeInWords({ metric }: PowerQuestion, { absolute, relative }: EffectSize): string {
  return relative === undefined
    ? amountInWords(metric, Math.abs(absolute))
    : percent(Math.abs(relative));
}

function percent(share: number): string {
  const value = share * 100;
  return `${Number(value.toPrecision(value < 10 ? 2 : 3))}%`;
}

function daysInWords(days: number): string {
  return days === 1 ? '1 day' : `${wholeInWords(days)} days`;
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
