import { DueWorkRegistry } from '../../src/platform/scheduling/due-work.js';
import { decisionBody, type DecisionSaid } from './decision-body.js';
import {
  behaviour,
  type EvaluatedChanges,
  evaluatedExperiment,
  log,
  type LoggedRow,
  money,
} from './evaluated-experiment.js';
import { at, ENDED, manyUnits } from './evaluation-views.js';
import type { TestApp } from './test-app.js';

/** Tests whose money goes on coming in after the decision, in numbers that a hand can check. */

/** Units of each arm, all exposed on day 0; enrolment ends on day 9 and profit has matured on day 53. */
export const ARM = 200;
/** The money of an arm is two amounts, each of half the units: mean in the middle, variance n/(n-1). */
const SPREAD_CENTS = 100;
/** Standard error of the difference of two such arms: sqrt(2 (n/(n-1)) / n). */
export const STANDARD_ERROR = Math.sqrt(2 / (ARM - 1));

export interface Shop {
  id: string;
  key: string;
  projectId: string;
}

/** The variant is clicked more; on day 2 each unit buys for `dollars` on average. */
export async function openShop(
  app: TestApp,
  key: string,
  dollars: { control: number; short: number },
  changes: EvaluatedChanges = {},
): Promise<Shop> {
  const shop = await evaluatedExperiment(app, {
    key,
    status: 'maturing',
    enrolmentEndedAt: ENDED,
    ...changes,
  });
  const units = manyUnits({ control: ARM, short: ARM }).map((row) => ({
    ...row,
    unit: `${key}-${row.unit}`,
  }));
  const bought = (['control', 'short'] as const).flatMap((arm) =>
    [...Array(ARM).keys()].map((n) => {
      const cents = dollars[arm] * 100 + (n % 2 === 0 ? SPREAD_CENTS : -SPREAD_CENTS);
      const id = saleOf(key, arm, n);
      return money(`${key}-${arm}-${n}`, 'revenue', cents, at(2), { id });
    }),
  );
  const clicks = [...Array(150).keys()].flatMap((n): LoggedRow[] => [
    ...(n < 30 ? [behaviour(`${key}-control-${n}`, 'clicks', at(1))] : []),
    behaviour(`${key}-short-${n}`, 'clicks', at(1)),
  ]);
  await log(app, shop, [...units, ...bought, ...clicks]);
  return shop;
}

/** Each unit of the variant gets back a part of what it paid. */
export async function refund(
  app: TestApp,
  shop: Shop,
  { dollars, day }: { dollars: number; day: number },
): Promise<void> {
  await log(
    app,
    shop,
    [...Array(ARM).keys()].map((n) =>
      money(`${shop.key}-short-${n}`, 'refund', -dollars * 100, at(day), {
        refersTo: saleOf(shop.key, 'short', n),
      }),
    ),
  );
}

/** Evaluates and decides on `day`. */
export async function decideOn(
  app: TestApp,
  { key }: Shop,
  day: number,
  said: DecisionSaid,
): Promise<{ id: string; decidedAt: string }> {
  await app.moveClock(at(day));
  await app.ok('post', `/v1/experiments/${key}/evaluations`);
  const body = await decisionBody(app, key, said);
  const answer = await app.ok('post', `/v1/experiments/${key}/decide`, body);
  return answer.body as { id: string; decidedAt: string };
}

/** Time passes, and what is due is done, as the minute tick or a sandbox would. */
export async function liveUntil(app: TestApp, day: number): Promise<void> {
  // What was decided on a day was decided a moment after it began.
  const instant = at(day, 1);
  await app.moveClock(instant);
  await app.app.get(DueWorkRegistry).runDue(new Date(instant), 'inline');
}

const saleOf = (key: string, arm: string, n: number): string => `sale-${key}-${arm}-${n}`;
