import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { Transactions } from '../../platform/database/transactions.js';
import { Public, Scoped } from '../../platform/security/access.js';
import { HealthDto } from './dto/health.dto.js';

const READY_TIMEOUT_MS = 2_000;

@ApiTags('Operations')
@Controller()
export class HealthController {
  private readonly registry = new Registry();

  constructor(private readonly transactions: Transactions) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Says that the process runs. Never touches the database. */
  @Get('health/live')
  @Public('orchestrators ask without a key; it tells nothing but that the process runs')
  getLiveness(): HealthDto {
    return { status: 'ok' };
  }

  /**
   * Says that requests can be served.
   * @throws {503} `unavailable`: the database does not answer.
   */
  @Get('health/ready')
  @Public('load balancers ask without a key; it tells nothing but whether to send traffic')
  async getReadiness(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthDto> {
    const answered = await Promise.race([
      this.transactions.manager.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      new Promise<boolean>((give) => setTimeout(() => give(false), READY_TIMEOUT_MS).unref()),
    ]);
    if (!answered) void reply.status(503);
    return { status: answered ? 'ok' : 'unavailable' };
  }

  /** Figures of the process in the Prometheus text format. */
  @Get('metrics')
  @ApiProduces('text/plain')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Scoped('project:read')
  async getMetricsOfProcess(): Promise<string> {
    return await this.registry.metrics();
  }
}
