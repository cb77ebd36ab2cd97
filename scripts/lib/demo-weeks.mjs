import {
  ENROLMENT_DAYS,
  ONE_CLICK,
  PLANNED_DAYS,
  TOTAL_FIRST,
  VISITORS_A_DAY,
} from './demo-experiments.mjs';
import { postEvents } from './api.mjs';
import { connectOpenFeature, disconnectOpenFeature, Traffic } from './demo-traffic.mjs';
import { dayOf, say, showRefusal, signed, step } from './print.mjs';

/** @typedef {import('./api.mjs').Api} Api */

const DAY_MS = 86_400_000;
const EXPERIMENTS = [TOTAL_FIRST, ONE_CLICK];
const NAME_WIDTH = Math.max(...EXPERIMENTS.map(({ key }) => key.length));
/** Window and settling of profit. */
const MATURING_DAYS = 30 + 14;
/** When somebody gets impatient, counted from the first day. */
const IMPATIENT_DAY = 27;

/**
 * The weeks: people arrive and are assigned through the OpenFeature SDK, things happen to them on
 * the days they happen, the clock moves on day by day, and evaluations run on their schedule.
 * @param {Api} api
 * @param {{ url: string, seed: string, send: Api }} service `send` has the key of the shop.
 */
export async function playWeeks(api, { url, send, seed }) {
  step('Visitors come; the OpenFeature server SDK asks the service who gets what');
  const page = await api.post('/v1/keys', { kind: 'public', name: 'demo shop pages' });
  const client = await connectOpenFeature({ url, publicKey: page.secret });
  const traffic = EXPERIMENTS.map((experiment) => new Traffic(experiment, { client, seed }));
  const total = VISITORS_A_DAY * ENROLMENT_DAYS;
  say(`${total} visitors for each test over ${ENROLMENT_DAYS} days; evaluations on Mondays at 6.`);
  const firstDay = new Date(startOfDay(await api.now()).getTime() + DAY_MS);
  const lastDay = lastDayOf(firstDay);
  let posted = 0;
  for (let number = 0; ; number += 1) {
    const day = new Date(firstDay.getTime() + number * DAY_MS);
    if (day > lastDay) break;
    if (number < ENROLMENT_DAYS) {
      for (const one of traffic) await one.arrive(day, VISITORS_A_DAY);
    }
    const { steps } = await api.moveClock(new Date(day.getTime() + DAY_MS));
    const events = traffic.flatMap((one) => one.eventsOf(day));
    posted += (await postEvents(send, events)).accepted;
    if (day.getUTCDay() === 1) await reportMonday(api, day, steps);
    if (number === IMPATIENT_DAY) await askTooEarly(api, day);
    if (number === PLANNED_DAYS + 1) await reportEnrolment(api);
  }
  await disconnectOpenFeature();
  say(`${posted} events were recorded, each acknowledged after it was stored.`);
}

/** The Monday on which everybody's money has matured. */
function lastDayOf(firstDay) {
  const matured = new Date(firstDay.getTime() + (ENROLMENT_DAYS + MATURING_DAYS) * DAY_MS);
  const daysToMonday = (8 - matured.getUTCDay()) % 7;
  return new Date(matured.getTime() + daysToMonday * DAY_MS);
}

async function reportMonday(api, day, steps) {
  if (steps.length === 0) throw new Error(`no evaluation ran on ${dayOf(day)}`);
  for (const { key, treatment } of EXPERIMENTS) {
    const evaluation = await api.get(`/v1/experiments/${key}/evaluations/latest`);
    if (!evaluation.slot?.startsWith(day.toISOString().slice(0, 10))) {
      throw new Error(`the slot of ${dayOf(day)} of ${key} was not evaluated in its turn`);
    }
    const { state } = evaluation.verdict.perVariant.find(({ variant }) => variant === treatment);
    const profit = evaluation.metrics.find(({ role }) => role === 'deciding');
    const { maturedUnits, units } = profit.maturity;
    const soFar = profit.running?.comparisons[0]?.absolute?.estimate;
    const watched = soFar === undefined ? '' : `${signed(soFar, 2)} USD a visitor so far`;
    const matured = `${maturedUnits} of ${units} matured`.padEnd(20);
    const judged = `${key.padEnd(NAME_WIDTH)}  ${state.padEnd(24)}`;
    console.log(`   ${dayOf(day)}  ${judged}  ${matured}  ${watched}`.trimEnd());
  }
}

async function reportEnrolment(api) {
  for (const { key } of EXPERIMENTS) {
    const { status } = await api.get(`/v1/experiments/${key}`);
    if (status !== 'maturing') throw new Error(`${key} is ${status} after its planned days`);
  }
  say('Enrolment has ended as planned; both tests are maturing while money still comes in.');
}

async function askTooEarly(api, day) {
  say(`${dayOf(day)}: somebody wants to ship the add-on now, because so many click it.`);
  const answer = await api.send('POST', `/v1/experiments/${ONE_CLICK.key}/decide`, {
    action: 'ship',
    variant: ONE_CLICK.treatment,
    reason: 'Nearly twice as many customers add it',
  });
  if (answer.status !== 422) throw new Error('a click was shipped');
  showRefusal(answer);
}

function startOfDay(instant) {
  return new Date(Math.floor(instant.getTime() / DAY_MS) * DAY_MS);
}
