import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageRequest } from '../../platform/http/page.js';
import { PageQueryDto } from '../../platform/http/page-query.dto.js';
import { Scoped } from '../../platform/security/access.js';
import { Caller, type Principal } from '../../platform/security/principal.js';
import { FeedDto, FeedPageDto, ReportFeedDto } from './dto/feed.dto.js';
import { FeedsService } from './feeds.service.js';

@ApiTags('Events')
@Controller('v1/feeds')
export class FeedsController {
  constructor(private readonly feeds: FeedsService) {}

  /**
   * Says up to when a source has sent everything, for example at the end of a nightly load. Scheduled
   * evaluations that wait for it (`schedule.waitFor`) then run at once. The first report creates the feed.
   * @throws {409} `feed-goes-back`: it has been reported complete up to a later instant already.
   * @throws {422} `complete-in-future`: nothing can be complete that has not happened yet.
   */
  @Put(':key')
  @Scoped('events:write')
  async reportFeed(
    @Caller() caller: Principal,
    @Param('key') key: string,
    @Body() body: ReportFeedDto,
  ): Promise<FeedDto> {
    return await this.feeds.report(caller, key, body.completeUntil);
  }

  /** Lists the feeds that were ever reported, and how far each has come. */
  @Get()
  @Scoped('results:read')
  async listFeeds(@Caller() caller: Principal, @Query() query: PageQueryDto): Promise<FeedPageDto> {
    return await this.feeds.page(caller.projectId, pageRequest(query));
  }
}
