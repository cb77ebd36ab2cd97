import type { EvaluationContext, TrackingEventDetails } from '@openfeature/core';
import type { ExposureSender } from './exposure-sender.js';
import { unitOf } from './unit-of.js';

type Track = (
  name: string,
  context: EvaluationContext,
  details: TrackingEventDetails | Record<string, never>,
) => void;

/**
 * Makes `client.track()` send events: OFREP providers have no `track` of their own, and the SDK then
 * drops what it is told. The event is about the unit that the targeting key names. `details.value`
 * is the event's value, all else its properties.
 * @returns the same provider; a `track` it had is called too
 */
export function trackingProvider<P extends object>(
  provider: P,
  sender: ExposureSender,
): P & { track: Track } {
  const { track: before } = provider as { track?: Track };
  const track: Track = (name, context, details) => {
    before?.call(provider, name, context, details);
    const unit = unitOf(context, sender.unit);
    if (unit === null) return sender.recordNobody(name);
    const { value, ...properties } = details;
    sender.record({
      type: 'event',
      unit,
      name,
      ...(value === undefined ? {} : { value }),
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
    });
  };
  return Object.assign(provider, { track });
}
