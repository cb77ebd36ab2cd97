import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { UnitRef } from '../../domain/events/event.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import type { Actor } from '../../platform/security/principal.js';
import { ForcedVariantsWriter } from '../assignments/forced/forced-variants.writer.js';
import type { UnitErasureDto } from './dto/unit-erasure.dto.js';
import { unitKey } from './event-keys.js';
import { EventLog } from './event-log.js';
import { EventSpaces } from './event-spaces.js';

/** Erases what the log knows of a unit, and what is served to it by hand. */
@Injectable()
export class UnitErasure {
  constructor(
    private readonly transactions: Transactions,
    private readonly spaces: EventSpaces,
    private readonly log: EventLog,
    private readonly forced: ForcedVariantsWriter,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Deletes the events and links of a unit and marks it, so that nothing of it is stored again and
   * evaluations take it out. Ids of events stay taken: no copy is ever counted. The mark and the
   * audit entry hold the key of the unit, a salted hash.
   */
  async erase(actor: Actor, unit: UnitRef): Promise<UnitErasureDto> {
    const space = await this.spaces.of(actor.projectId);
    const key = unitKey(space, unit);
    return await this.transactions.run(async (manager) => {
      await manager.query(`SET LOCAL statement_timeout = '300s'`);
      await this.log.enterAlone(manager, space);
      const marked = (await manager.query(MARK, [space.number, key])) as { erasedAt: Date }[];
      const events = await this.deleteEvents(manager, space.number, key);
      await this.forced.forget(manager, actor.projectId, unit);
      const erasedAt = marked[0]?.erasedAt ?? (await this.markedAt(manager, space.number, key));
      if (marked.length > 0) {
        await this.audit.record(manager, actor, {
          action: 'unit.erase',
          objectType: 'unit',
          objectId: key,
          after: { events },
        });
      }
      return { erasedAt, events };
    });
  }

  private async deleteEvents(manager: EntityManager, space: number, key: string): Promise<number> {
    const rows = (await manager.query(ERASE, [space, key])) as { events: number }[];
    return rows[0]?.events ?? 0;
  }

  private async markedAt(manager: EntityManager, space: number, key: string): Promise<Date> {
    const rows = (await manager.query(
      `SELECT erased_unit.erased_at AS "erasedAt" FROM erased_unit
       WHERE erased_unit.project = $1 AND erased_unit.unit = $2`,
      [space, key],
    )) as { erasedAt: Date }[];
    if (rows[0] === undefined) throw new Error('an erased unit has no mark');
    return rows[0].erasedAt;
  }
}

const MARK = `
  INSERT INTO erased_unit (project, unit, erased_at) VALUES ($1, $2, becausal_now())
  ON CONFLICT (project, unit) DO NOTHING
  RETURNING erased_unit.erased_at AS "erasedAt"`;

/** Its own events, and those of other units that name it: an identify event holds both ids. */
const ERASE = `
  WITH link AS (
    DELETE FROM identity_link
    WHERE identity_link.project = $1 AND $2::uuid IN (identity_link.from_unit, identity_link.to_unit)
    RETURNING identity_link.key, identity_link.occurred_at, identity_link.from_unit,
      identity_link.to_unit
  ), named AS (
    DELETE FROM event USING link
    WHERE event.project = $1 AND event.unit <> $2::uuid
      AND event.unit IN (link.from_unit, link.to_unit)
      AND event.occurred_at = link.occurred_at AND event.key = link.key
    RETURNING event.key
  ), own AS (
    DELETE FROM event WHERE event.project = $1 AND event.unit = $2::uuid RETURNING event.key
  ), marked AS (
    UPDATE erased_unit SET neighbours = ARRAY(
      SELECT link.from_unit FROM link UNION SELECT link.to_unit FROM link)
    WHERE erased_unit.project = $1 AND erased_unit.unit = $2::uuid
  )
  SELECT ((SELECT count(*) FROM named) + (SELECT count(*) FROM own))::integer AS events`;
