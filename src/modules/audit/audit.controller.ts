import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditLog } from '../../platform/audit/audit-log.js';
import { Transactions } from '../../platform/database/transactions.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { AuditQueryDto } from './dto/audit-query.dto.js';
import { AuditPageDto, ChainVerificationDto } from './dto/audit.dto.js';

const PAGE = 200;

interface Row {
  seq: string;
  at: Date;
  actor: string;
  action: string;
  object_type: string;
  object_id: string;
  outcome: string;
  reason: string | null;
  hash: string;
}

@ApiTags('Operations')
@Controller('v1/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditLog,
    private readonly transactions: Transactions,
  ) {}

  /** Lists who did what, oldest first. Ids only, never words. */
  @Get()
  @Scoped('audit:read')
  async listAuditEntries(
    @Caller() caller: Principal,
    @Query() query: AuditQueryDto,
  ): Promise<AuditPageDto> {
    const rows = (await this.transactions.manager.query(
      `SELECT audit_entry.* FROM audit_entry
       WHERE audit_entry.project_id = $1 AND audit_entry.seq > $2
       ORDER BY audit_entry.seq LIMIT ${PAGE + 1}`,
      [caller.projectId, query.after ?? '0'],
    )) as Row[];
    const data = rows.slice(0, PAGE).map((row) => ({
      seq: Number(row.seq),
      at: row.at.toISOString(),
      actor: row.actor,
      action: row.action,
      objectType: row.object_type,
      objectId: row.object_id,
      outcome: row.outcome,
      ...(row.reason === null ? {} : { reason: row.reason }),
      hash: row.hash,
    }));
    const last = data.at(-1);
    return { data, ...(rows.length > PAGE && last !== undefined ? { nextAfter: last.seq } : {}) };
  }

  /** Checks the whole chain and its checkpoints, and names the first entry that was tampered with. */
  @Get('verification')
  @Scoped('audit:read')
  async verifyAuditChain(): Promise<ChainVerificationDto> {
    return await this.audit.verify();
  }
}
