import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Creates } from '../../platform/idempotency/creates.js';
import { Scoped } from '../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../platform/security/principal.js';
import { MetricPageDto } from './dto/metric-page.dto.js';
import { CreateMetricDto, MetricDto } from './dto/metric.dto.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('Metrics')
@Controller('v1/metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  /**
   * Declares a metric: what is counted, over which window, who owns it.
   * @throws {409} `already-exists`: there is a metric with this key.
   */
  @Post()
  @Creates()
  @Scoped('metrics:write')
  async createMetric(
    @ActingMember() actor: Actor,
    @Body() body: CreateMetricDto,
  ): Promise<MetricDto> {
    return MetricDto.from(await this.metrics.create(actor, body));
  }

  /** Lists the metrics of the project. Every project starts with `profit`. */
  @Get()
  @Scoped('metrics:read')
  async listMetrics(
    @Caller() caller: Principal,
    @Query() query: PageQueryDto,
  ): Promise<MetricPageDto> {
    return await this.metrics.list(caller.projectId, pageRequest(query), (metric) =>
      MetricDto.from(metric),
    );
  }

  /** Shows one metric. */
  @Get(':key')
  @Scoped('metrics:read')
  async getMetric(@Caller() caller: Principal, @Param('key') key: string): Promise<MetricDto> {
    return MetricDto.from(await this.metrics.byKey(caller.projectId, key));
  }
}
