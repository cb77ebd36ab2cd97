import { Body, Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { idFromPath } from '../../../platform/http/ids.js';
import { pageRequest } from '../../../platform/http/page.js';
import { Creates } from '../../../platform/idempotency/creates.js';
import { Scoped } from '../../../platform/security/access.js';
import {
  ActingMember,
  type Actor,
  Caller,
  type Principal,
} from '../../../platform/security/principal.js';
import { InsightQueryDto } from './insight-query.dto.js';
import { EvidenceEntriesService } from './evidence-entries.service.js';
import { AttachEvidenceDto, EvidenceListDto } from './evidence-entry.dto.js';
import { InsightStrengthDto } from './insight-strength.dto.js';
import { InsightStrengthService } from './insight-strength.service.js';
import {
  CreateInsightDto,
  InsightDto,
  InsightPageDto,
  InsightStateDto,
  InsightTrackDto,
  InsightWithEvidenceDto,
} from './insight.dto.js';
import { InsightsService } from './insights.service.js';
import {
  DispositionHitsDto,
  NegativeSearchDto,
  RunNegativeSearchDto,
} from './negative-search.dto.js';
import { NegativeSearchesService } from './negative-searches.service.js';
import { BlindReadingDto, GiveReadingsDto, ReadingsDto } from './reading.dto.js';
import { ReadingsService } from './readings.service.js';

@ApiTags('Evidence')
@Controller('v1')
export class InsightsController {
  constructor(
    private readonly insights: InsightsService,
    private readonly entries: EvidenceEntriesService,
    private readonly readings: ReadingsService,
    private readonly strength: InsightStrengthService,
    private readonly searches: NegativeSearchesService,
  ) {}

  /**
   * States a claim about people. It stands on nothing until evidence is attached. Its words never
   * change: a better claim is another insight, which supersedes this one.
   */
  @Post('insights')
  @Creates()
  @Scoped('evidence:write')
  async createInsight(
    @ActingMember() actor: Actor,
    @Body() body: CreateInsightDto,
  ): Promise<InsightDto> {
    return InsightDto.from(await this.insights.create(actor, body));
  }

  /** Lists insights: by words of the statement, the job or the tags, by tag, and by study. */
  @Get('insights')
  @Scoped('evidence:read')
  async listInsights(
    @Caller() caller: Principal,
    @Query() query: InsightQueryDto,
  ): Promise<InsightPageDto> {
    const { limit: _limit, cursor: _cursor, ...filter } = query;
    return await this.insights.list(caller.projectId, filter, pageRequest(query), (insight) =>
      InsightDto.from(insight),
    );
  }

  /**
   * Shows a claim, everything that supports, contradicts or qualifies it, and how the experiments ended
   * that rested on it. Blind first: whoever has
   * passages of it open for a second reading sees other people's opinions of it only after giving
   * their own, because an opinion formed after seeing another is not a second one.
   */
  @Get('insights/:id')
  @Scoped('evidence:read')
  async getInsight(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<InsightWithEvidenceDto> {
    const insight = await this.insights.insight(caller.projectId, idFromPath(id));
    const { blind, evidence } = await this.entries.list(caller, insight.id);
    const readings = blind ? [] : await this.readings.list(caller.projectId, insight.id);
    const track = await this.insights.trackRecord(caller.projectId, insight.id);
    const trackRecord = track.map((entry) => InsightTrackDto.from(entry));
    return { ...InsightDto.from(insight), evidence, blind, readings, trackRecord };
  }

  /**
   * Shows how strong a claim is: eleven concerns with their facts, and every step from high to the
   * label, in place of a score; beside it, what so few people can and cannot show. Judged by the
   * rules of `standard`. It informs and warns, and never opens or shuts a gate by itself.
   * @throws {409} `reading-open`: the caller reads the insight blind and would see opinions.
   */
  @Get('insights/:id/strength')
  @Scoped('evidence:read')
  async getInsightStrength(
    @Caller() caller: Principal,
    @Param('id') id: string,
  ): Promise<InsightStrengthDto> {
    const insightId = idFromPath(id);
    return InsightStrengthDto.from(insightId, await this.strength.of(caller, insightId));
  }

  /**
   * Says how a claim stands, and why: contested while something against it is unsettled, superseded
   * by a better one, retired. The statement itself is never edited.
   */
  @Put('insights/:id/state')
  @Scoped('evidence:write')
  async setInsightState(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: InsightStateDto,
  ): Promise<InsightDto> {
    return InsightDto.from(await this.insights.stand(actor, idFromPath(id), body));
  }

  /**
   * Says how quotes or interviews bear on a claim. A contradiction belongs to the case: attach it
   * with a written answer. Answers the whole evidence of the insight.
   */
  @Post('insights/:id/evidence')
  @Creates()
  @Scoped('evidence:write')
  async attachEvidence(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: AttachEvidenceDto,
  ): Promise<EvidenceListDto> {
    return { evidence: await this.entries.attach(actor, idFromPath(id), body) };
  }

  /**
   * Opens the cited passages for a second reading: the turns and the quoted span, without what
   * anybody thought of them. Only passages that somebody else cited, and that the caller has not
   * judged yet, are in the answer. Each opening is in the audit log, and from now on the caller sees
   * other people's opinions of this claim only after giving their own.
   */
  @Get('insights/:id/reading')
  @Scoped('evidence:read-words')
  async openReading(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
  ): Promise<BlindReadingDto> {
    return await this.readings.open(actor, idFromPath(id));
  }

  /**
   * Gives a second opinion of passages that were opened, once and for good. Answers both opinions
   * side by side, and how far the readers of this claim agree beyond chance.
   * @throws {409} `not-opened`: the caller has not opened one of these passages.
   * @throws {409} `not-a-second-reader`: the caller gave the first opinion of one of them.
   * @throws {409} `already-read`: the caller has judged one of them before.
   */
  @Post('insights/:id/readings')
  @Creates()
  @Scoped('evidence:write')
  async giveReadings(
    @ActingMember() actor: Actor,
    @Param('id') id: string,
    @Body() body: GiveReadingsDto,
  ): Promise<ReadingsDto> {
    return await this.readings.give(actor, idFromPath(id), body.readings);
  }

  /**
   * Searches what was said for what speaks against a claim: your queries, plus the turns nearest to
   * the claim. It reads every interview of the studies the claim draws on, and the newest of the same
   * stage outside them. Every hit needs a disposition before the gate opens.
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
