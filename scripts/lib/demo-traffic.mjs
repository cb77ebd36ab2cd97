import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { drawJourney } from './planted.mjs';
import { createRandom } from './random.mjs';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Nobody comes at night, so that a look at six in the morning has all of the day before. */
const OPENS_MINUTE = 7 * 60;
const LAST_ARRIVAL_MINUTE = 22 * 60;
const AT_ONCE = 40;

/**
 * Asks for flags as any OpenFeature application does.
 * @param {{ url: string, publicKey: string }} service
 */
export async function connectOpenFeature({ url, publicKey }) {
  const provider = new OFREPProvider({
    baseUrl: url,
    headers: [['Authorization', `Bearer ${publicKey}`]],
  });
  await OpenFeature.setProviderAndWait('demo', provider);
  return OpenFeature.getClient('demo');
}

export const disconnectOpenFeature = () => OpenFeature.close();

/**
 * The people of one experiment. Who gets which variant is for the service to say; each arm then
 * takes the next journeys of its own seeded series, so that a seed gives nearly the same story
 * although the service draws a new split every time.
 */
export class Traffic {
  /** Events that have not happened yet, by the day they happen on. */
  #agenda = new Map();
  #visitors = 0;

  constructor(experiment, { client, seed }) {
    this.experiment = experiment;
    this.client = client;
    this.arrivals = createRandom(`${seed}:${experiment.key}:arrivals`);
    this.series = Object.fromEntries(
      Object.keys(experiment.journeys).map((variant) => [
        variant,
        createRandom(`${seed}:${experiment.key}:${variant}`),
      ]),
    );
  }

  /** So many people come on the day; each is assigned, exposed, and goes their way. */
  async arrive(day, count) {
    const { key, visitors } = this.experiment;
    const ids = Array.from({ length: count }, (_, index) => {
      return `${visitors}-${String(this.#visitors + index + 1).padStart(5, '0')}`;
    });
    this.#visitors += count;
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      const answers = await Promise.all(
        some.map((targetingKey) => this.client.getStringDetails(key, 'none', { targetingKey })),
      );
      answers.forEach((answer, index) => this.#expose(day, some[index], answer));
    }
  }

  #expose(day, id, { variant, errorCode, flagMetadata }) {
    if (errorCode !== undefined || flagMetadata.inExperiment !== true) {
      throw new Error(`${id} was not assigned: ${errorCode ?? JSON.stringify(flagMetadata)}`);
    }
    const minute = between(this.arrivals(), OPENS_MINUTE, LAST_ARRIVAL_MINUTE);
    const exposedAt = new Date(day.getTime() + minute * MINUTE_MS);
    const unit = { kind: 'visitor', id };
    this.#plan({
      id: `${id}:exposure`,
      type: 'exposure',
      unit,
      occurredAt: exposedAt.toISOString(),
      experiment: this.experiment.key,
      variant,
    });
    const random = this.series[variant];
    const { steps } = drawJourney(this.experiment.journeys[variant], random);
    const minutes = new Map();
    steps.forEach((step, index) => {
      // What belongs to one moment happens in one: a sale and its cost, a ticket and its cost.
      const moment = `${step.minutes ?? ''}|${step.days ?? ''}`;
      if (!minutes.has(moment)) minutes.set(moment, minuteOf(step, minute, random));
      const { type, name, amountMinor, as, refersTo } = step;
      this.#plan({
        id: as === undefined ? `${id}:${index}:${name}` : `${id}:${as}`,
        type,
        unit,
        occurredAt: new Date(day.getTime() + minutes.get(moment) * MINUTE_MS).toISOString(),
        name,
        ...(amountMinor === undefined ? {} : { amountMinor, currency: 'USD' }),
        ...(refersTo === undefined ? {} : { refersTo: `${id}:${refersTo}` }),
      });
    });
  }

  #plan(event) {
    const day = Math.floor(Date.parse(event.occurredAt) / DAY_MS);
    const planned = this.#agenda.get(day);
    if (planned === undefined) this.#agenda.set(day, [event]);
    else planned.push(event);
  }

  /** What happened on the day, once. */
  eventsOf(day) {
    const number = Math.floor(day.getTime() / DAY_MS);
    const events = this.#agenda.get(number) ?? [];
    this.#agenda.delete(number);
    return events;
  }
}

/** Minutes since the start of the arrival's day. */
function minuteOf({ minutes, days }, arrival, random) {
  if (days === undefined) return arrival + between(random(), ...minutes);
  const day = between(random(), ...days);
  return day * 24 * 60 + between(random(), OPENS_MINUTE, LAST_ARRIVAL_MINUTE);
}

function between(random, from, to) {
  return from + Math.floor(random * (to - from + 1));
}
