import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { InsightQueryDto } from './insight-query.dto.js';
import {
  AttachEvidenceDto,
  CreateInsightDto,
  DispositionHitsDto,
  EvidenceListDto,
  InsightDto,
  InsightPageDto,
  InsightWithEvidenceDto,
  NegativeSearchDto,
  RunNegativeSearchDto,
} from './insight.dto.js';
import { InsightsService } from './insights.service.js';
import { NegativeSearchesService } from './negative-searches.service.js';

@ApiTags('Evidence')
@Controller('v1')
export class InsightsController {
  constructor(
    private readonly insights: InsightsService,
    private readonly searches: NegativeSearchesService,
  ) {}

  /** States a claim about people. It stands on nothing until evidence is attached. */
  @Post('insights')
  @Scoped('evidence:write')
  async createInsight(
    @ActingMember() actor: Actor,
    @Body() body: CreateInsightDto,
  ): Promise<InsightDto> {
    return InsightDto.from(await this.insights.createInsight(actor, body));
  }

  /** Lists insights, by words of the statement and by tag. */
  @Get('insights')
  @Scoped('evidence:read')
  async listInsights(
    @Caller() caller: Principal,
    @Query() query: InsightQueryDto,
  ): Promise<InsightPageDto> {
    const { text, tag } = query;
    const filter = {
      ...(text === undefined ? {} : { text }),
      ...(tag === undefined ? {} : { tag }),
    };
    return await this.insights.list(caller.projectId, filter, pageRequest(query), (insight) =>
      InsightDto.from(insight),
    );
  }

  /** Shows a claim and everything that supports, contradicts or qualifies it. */
  @Get('insights/:id')
  @Scoped('evidence:read')
  async getInsight(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<InsightWithEvidenceDto> {
    const insight = await this.insights.insight(caller.projectId, idFromPath(id));
    const evidence = await this.insights.evidence(caller.projectId, insight.id);
    return { ...InsightDto.from(insight), evidence };
  }

  /**
   * Says how quotes or interviews bear on a claim. A contradiction belongs to the case: attach it
   * with a written answer. Answers the whole evidence of the insight.
   */
  @Post('insights/:id/evidence')
  @Scoped('evidence:write')
  async attachEvidence(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: AttachEvidenceDto,
  ): Promise<EvidenceListDto> {
    return { evidence: await this.insights.attach(actor, idFromPath(id), body) };
  }

  /**
   * Searches everything that was said for what speaks against a claim: your queries, plus the turns
   * nearest to the claim. Every hit needs a disposition before the gate opens.
   */
  @Post('insights/:id/negative-searches')
  @Scoped('evidence:write')
  async runNegativeSearch(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: RunNegativeSearchDto,
  ): Promise<NegativeSearchDto> {
    return await this.searches.run(actor, idFromPath(id), body.queries);
  }

  /** Shows a search and what is still to be judged. */
  @Get('insights/:id/negative-searches/:searchId')
  @Scoped('evidence:read-words')
  async getNegativeSearch(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Param('searchId') searchId: string,
  ): Promise<NegativeSearchDto> {
    return await this.searches.byId(caller.projectId, idFromPath(id), idFromPath(searchId));
  }

  /** Judges hits of a search. */
  @Put('insights/:id/negative-searches/:searchId/hits')
  @Scoped('evidence:write')
  async dispositionHits(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Param('searchId') searchId: string,
    @Body() body: DispositionHitsDto,
  ): Promise<NegativeSearchDto> {
    return await this.searches.disposition(actor, idFromPath(id), idFromPath(searchId), body);
  }
}
