import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { unreadableEvent } from '../../../domain/events/unreadable-event.js';
import { viewableExperiments } from '../../../domain/tracking/experiment-viewed.js';
import { eventsOfPlugin, type PluginRules } from '../../../domain/tracking/growthbook-event.js';
import { Clock } from '../../../platform/clock/clock.js';
import { FrontDoorError } from '../../../platform/http/problem.js';
import type { Principal } from '../../../platform/security/principal.js';
import { EventIntake } from '../../events/event-intake.writer.js';
import {
  ExperimentsReader,
  type LaunchedExperiment,
} from '../../experiments/experiments.reader.js';

/** What the log takes at once. The plugin sends as many as there were in a moment. */
const STORED_AT_ONCE = 500;

export type TrackingResults = Awaited<ReturnType<EventIntake['store']>>;

/** Takes what GrowthBook's tracking plugin sends. */
@Injectable()
export class GrowthBookTracking {
  constructor(
    private readonly intake: EventIntake,
    private readonly experiments: ExperimentsReader,
    private readonly clock: Clock,
  ) {}

  /**
   * One result for each item, in order; accepted ones are committed.
   * @throws FrontDoorError 429 `rate-limited`
   */
  async take({ projectId, kind }: Principal, items: readonly unknown[]): Promise<TrackingResults> {
    const launched = await this.experiments.allLaunched(projectId);
    const rules: PluginRules = {
      viewable: viewableExperiments(launched),
      analysed: new Map(launched.map((one) => [one.key, analysedAttributes(one)])),
      receivedAt: await this.clock.now(),
      digestOf: (text) => hash('sha256', text, 'base64url').slice(0, 32),
    };
    const events = eventsOfPlugin(items.map(readOrFault), rules);
    const source = kind === 'public' ? 'browser' : 'server';
    const results: TrackingResults = [];
    for (let at = 0; at < events.length; at += STORED_AT_ONCE) {
      const some = events.slice(at, at + STORED_AT_ONCE);
      results.push(...(await this.intake.store(projectId, some, { source })));
    }
    return results;
  }
}

function analysedAttributes({ plan: { analysis } }: LaunchedExperiment): string[] {
  const { dimensions = [], stratifyBy } = analysis;
  return stratifyBy === undefined ? [...dimensions] : [...dimensions, stratifyBy];
}

/** An item that could not be read at all stands in its place as what was wrong with it. */
function readOrFault(item: unknown): unknown {
  return item instanceof FrontDoorError ? unreadableEvent(item.code) : item;
}
