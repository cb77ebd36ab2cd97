import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { EVENT_ID_LENGTH_MAX, EventFault } from '../../domain/events/event.js';
import { isLineFault } from '../../domain/events/line-fault.js';
import { viewableExperiments } from '../../domain/tracking/experiment-viewed.js';
import {
  eventsOfMessage,
  isOrder,
  isTimed,
  isView,
  type MessageEvents,
  type MessageRules,
  type MessageType,
} from '../../domain/tracking/segment-message.js';
import { Clock } from '../../platform/clock/clock.js';
import { FrontDoorError } from '../../platform/http/problem.js';
import type { Principal } from '../../platform/security/principal.js';
import { EventIntake } from '../events/event-intake.writer.js';
import { ExperimentsReader } from '../experiments/experiments.reader.js';
import { ProjectsReader } from '../projects/projects.reader.js';
import type { TrackedEventDto, TrackedMessageDto, TrackingAnswerDto } from './dto/tracking.dto.js';
import type { MessageBatch } from './message-batch.js';

/** Messages that are stored in one transaction. */
const CHUNK_MESSAGES = 500;

/** Takes messages of the tracking protocol to the log. */
@Injectable()
export class TrackingService {
  constructor(
    private readonly intake: EventIntake,
    private readonly experiments: ExperimentsReader,
    private readonly projects: ProjectsReader,
    private readonly clock: Clock,
  ) {}

  /**
   * One result for each message, in order. When this returns, what was accepted is committed; after a
   * failure the same messages may be sent again.
   * @throws FrontDoorError 429 `rate-limited` when too much waits to be stored
   */
  async record(caller: Principal, batch: MessageBatch): Promise<TrackingAnswerDto> {
    const { messages } = batch;
    const rules = await this.rulesFor(caller, batch);
    const results: TrackedMessageDto[] = [];
    for (let from = 0; from < messages.length; from += CHUNK_MESSAGES) {
      const chunk = messages.slice(from, from + CHUNK_MESSAGES);
      results.push(...(await this.store(caller.projectId, chunk, rules)));
    }
    return { success: true, results };
  }

  /** One message, of the route of its call. */
  async recordOne(caller: Principal, type: MessageType, body: object): Promise<TrackingAnswerDto> {
    return await this.record(caller, { messages: [{ ...body, type }], sentAt: undefined });
  }

  /** Reads what the messages need to be understood, and nothing that they do not. */
  private async rulesFor(
    caller: Principal,
    { messages, sentAt }: MessageBatch,
  ): Promise<MessageRules> {
    const { projectId } = caller;
    const source = caller.kind === 'public' ? 'browser' : 'server';
    // From the database, as the log reads them: a launch counts from its first moment.
    const launched = messages.some(isView) ? await this.experiments.allLaunched(projectId) : [];
    const isMoney = source === 'server' && messages.some(isOrder);
    const orderAmount = isMoney
      ? (await this.projects.settings(projectId)).orderAmount
      : ('revenue' as const);
    const isTold = isTimed({ sentAt }) || messages.every(isTimed);
    return {
      source,
      viewable: viewableExperiments(launched),
      orderAmount,
      sentAt,
      receivedAt: isTold ? '' : (await this.clock.now()).toISOString(),
      digestOf: (text) => hash('sha256', text, 'base64url'),
    };
  }

  private async store(
    projectId: string,
    messages: readonly unknown[],
    rules: MessageRules,
  ): Promise<TrackedMessageDto[]> {
    const meant = messages.map((message) => meaningOf(message, rules));
    const items = meant.flatMap((message) => message.items);
    const { source } = rules;
    const stored = items.length === 0 ? [] : await this.intake.store(projectId, items, { source });
    let at = 0;
    return meant.map(({ id, items: { length } }) => {
      const own = stored.slice(at, at + length);
      at += length;
      return resultOf(id, own);
    });
  }
}

function meaningOf(message: unknown, rules: MessageRules): MessageEvents {
  if (!(message instanceof FrontDoorError)) return eventsOfMessage(message, rules);
  const { code } = message;
  const detail = 'The message is not JSON, or holds what no message may.';
  return { id: '', items: [new EventFault(isLineFault(code) ? code : 'invalid-event', detail)] };
}

/** What is wrong with a part is wrong with the message: its sender has to repair it. */
function resultOf(messageId: string, events: readonly TrackedEventDto[]): TrackedMessageDto {
  const id = messageId === '' ? {} : { id: messageId.slice(0, EVENT_ID_LENGTH_MAX) };
  const refused = events.find(({ status }) => status === 'rejected');
  const parts = events.length > 1 ? { events: [...events] } : {};
  if (refused !== undefined) {
    const { code, detail } = refused;
    return {
      ...id,
      status: 'rejected',
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
      ...parts,
    };
  }
  if (events.length === 0) return { ...id, status: 'ignored' };
  const isNew = events.some(({ status }) => status === 'accepted');
  return { ...id, status: isNew ? 'accepted' : 'duplicate', ...parts };
}
