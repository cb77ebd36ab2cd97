import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { answeredWithin } from '../../platform/database/database-away.js';
import { Transactions } from '../../platform/database/transactions.js';
import { ConfigChanges, LIVE_SOURCES } from '../../platform/live/config-changes.js';
import { Public, Scoped } from '../../platform/security/access.js';
import { HealthDto } from './dto/health.dto.js';

const READY_TIMEOUT_MS = 2_000;

@ApiTags('Operations')
@Controller()
export class HealthController {
  private readonly registry = new Registry();

  constructor(
    private readonly transactions: Transactions,
    private readonly changes: ConfigChanges,
  ) {
    collectDefaultMetrics({ register: this.registry });
    measureServing(this.registry, changes);
  }

  /** Says that the process runs. Never touches the database. */
  @Get('health/live')
  @Public('orchestrators ask without a key; it tells nothing but that the process runs')
  getLiveness(): HealthDto {
    return { status: 'ok' };
  }

  /**
   * Says that requests can be served: all of them, or assignment at least.
   * @throws {503} `unavailable`: the database does not answer, and nothing is kept in memory.
   */
  @Get('health/ready')
  @Public('load balancers ask without a key; it tells nothing but whether to send traffic')
  async getReadiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthDto> {
    const answered = await this.databaseAnswers();
    const { confirmedAt, isBehind } = this.changes.status;
    if (answered && !isBehind) return { status: 'ok' };
    if (answered || this.changes.isTrusted) {
      return {
        status: 'degraded',
        ...(confirmedAt === null ? {} : { since: confirmedAt.toISOString() }),
      };
    }
    void reply.status(503);
    return { status: 'unavailable' };
  }

  /** Figures of the process in the Prometheus text format. */
  @Get('metrics')
  @ApiProduces('text/plain')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Scoped('project:read')
  async getMetricsOfProcess(): Promise<string> {
    return await this.registry.metrics();
  }
  private async databaseAnswers(): Promise<boolean> {
    try {
      await answeredWithin(READY_TIMEOUT_MS, this.transactions.manager.query('SELECT 1'));
      return true;
    } catch {
      return false;
    }
  }
}

/** How old what clients are served is, and where it comes from. */
function measureServing(registry: Registry, changes: ConfigChanges): void {
  new Gauge({
    name: 'becausal_assignment_config_age_seconds',
    help: 'Since the database last confirmed what is served.',
    registers: [registry],
    collect() {
      this.set(changes.status.ageMs / 1_000);
    },
  });
  new Gauge({
    name: 'becausal_assignment_config_source',
    help: '1 at where what is served comes from.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      for (const source of LIVE_SOURCES) {
        this.set({ source }, source === changes.status.source ? 1 : 0);
      }
    },
  });
}
