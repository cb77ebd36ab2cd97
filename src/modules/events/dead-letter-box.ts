import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventFault, type EventFaultCode, isEventId } from '../../domain/events/event.js';
import { letterItem } from '../../domain/events/letter-item.js';
import { Transactions } from '../../platform/database/transactions.js';
import { newId } from '../../platform/http/ids.js';
import { type Page, pageOf, type PageRequest } from '../../platform/http/page.js';
import { DeadLetterDto, type DeadLetterRow } from './dto/dead-letter.dto.js';
import type { EventItem } from './event-item.js';

/** A sender that gets all wrong fills its own batch, not the table. */
export const LETTERS_A_REQUEST_MAX = 500;

/** A fault as it is kept. */
interface Letter {
  eventId: string | null;
  code: string;
  detail: string;
  item: string | null;
  line: number | null;
  times: number;
}

/** Keeps what was refused, for whoever repairs the sender. */
@Injectable()
export class DeadLetterBox {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Keeps the refused among the items, in the transaction that stores the others. The same fault of
   * an id is one letter, however often it comes.
   */
  async keep(
    manager: EntityManager,
    of: {
      projectId: string;
      now: Date;
      file?: { id: string; lines: readonly number[] } | undefined;
    },
    items: readonly EventItem[],
  ): Promise<void> {
    const letters = lettersOf(items, of.file?.lines ?? []);
    if (letters.length === 0) return;
    await manager.query(KEEP, [
      of.projectId,
      of.now,
      of.file?.id ?? null,
      letters.map(() => newId()),
      letters.map(({ eventId }) => eventId),
      letters.map(({ code }) => code),
      letters.map(({ detail }) => detail),
      letters.map(({ item }) => item),
      letters.map(({ line }) => line),
      letters.map(({ times }) => times),
    ]);
  }

  /** Newest first. */
  async list(
    projectId: string,
    page: PageRequest,
    only: { code: EventFaultCode | null; importId: string | null },
  ): Promise<Page<DeadLetterDto>> {
    const rows = (await this.transactions.manager.query(LIST, [
      projectId,
      page.after,
      only.code,
      only.importId,
      page.limit + 1,
    ])) as DeadLetterRow[];
    return pageOf(rows, page.limit, (row) => DeadLetterDto.from(row));
  }
}

function lettersOf(items: readonly EventItem[], lines: readonly number[]): Letter[] {
  const letters: Letter[] = [];
  const ofIds = new Map<string, Letter>();
  for (const { raw, index, outcome } of items) {
    if (!(outcome instanceof EventFault)) continue;
    const id = (raw as { id?: unknown } | null)?.id;
    const eventId = isEventId(id) ? id : null;
    const fault = `${outcome.code} ${eventId ?? ''}`;
    const known = eventId === null ? undefined : ofIds.get(fault);
    if (known !== undefined) {
      known.times += 1;
      continue;
    }
    if (letters.length === LETTERS_A_REQUEST_MAX) continue;
    const { code, detail } = outcome;
    const line = lines[index] ?? null;
    // What could not be read is kept by its line alone.
    const item = raw instanceof EventFault ? null : letterItem(raw);
    const letter = { eventId, code, detail, item, line, times: 1 };
    letters.push(letter);
    if (eventId !== null) ofIds.set(fault, letter);
  }
  return letters;
}

const LIST = `
  SELECT dead_letter.id, dead_letter.event_id AS "eventId", dead_letter.code, dead_letter.detail,
    dead_letter.item, dead_letter.import_id AS "importId", dead_letter.line, dead_letter.times,
    dead_letter.first_at AS "firstAt", dead_letter.last_at AS "lastAt"
  FROM dead_letter
  WHERE dead_letter.project_id = $1 AND ($2::uuid IS NULL OR dead_letter.id < $2)
    AND ($3::text IS NULL OR dead_letter.code = $3)
    AND ($4::uuid IS NULL OR dead_letter.import_id = $4)
  ORDER BY dead_letter.id DESC LIMIT $5`;

/** In one order, so that senders of the same faults wait for each other instead of dead-locking. */
const KEEP = `
  INSERT INTO dead_letter (project_id, id, event_id, code, detail, item, import_id, line, times,
    first_at, last_at)
  SELECT $1, letter.id, letter.event_id, letter.code, letter.detail, letter.item, $3::uuid,
    letter.line, letter.times, $2::timestamptz, $2::timestamptz
  FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::integer[],
    $10::integer[]) AS letter (id, event_id, code, detail, item, line, times)
  ORDER BY letter.event_id COLLATE "C", letter.code COLLATE "C"
  ON CONFLICT (project_id, event_id, code) WHERE event_id IS NOT NULL DO UPDATE SET
    times = least(dead_letter.times::bigint + excluded.times, 2147483647)::integer,
    last_at = excluded.last_at, detail = excluded.detail, item = excluded.item,
    import_id = excluded.import_id, line = excluded.line`;
