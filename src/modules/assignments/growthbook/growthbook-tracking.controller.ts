import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ANY_BODY_MAX_BYTES, type BodyConfig } from '../../../platform/http/front-door.js';
import { Scoped } from '../../../platform/security/access.js';
import { Caller, type Principal } from '../../../platform/security/principal.js';
import { GrowthBookEventDto } from './dto/growthbook-event.dto.js';
import { GROWTHBOOK_CONFIG, GrowthBookProblem, GrowthBookRoute } from './growthbook-route.js';
import { GrowthBookTracking, type TrackingResults } from './growthbook-tracking.service.js';

const BODY: BodyConfig = { wire: 'array', bodyMaxBytes: ANY_BODY_MAX_BYTES };

@ApiTags('Events')
@Controller('track')
export class GrowthBookTrackingController {
  constructor(private readonly tracking: GrowthBookTracking) {}

  /**
   * Records what GrowthBook's tracking plugin sends: exposures and events, without any code of yours.
   *
   * Point the plugin here by its option `ingestorHost`. `Experiment Viewed` is an exposure of the
   * unit that was hashed; of its attributes only those are kept that the experiment's analysis
   * reads. Everything else is an event of its name, never money. Each item gets its own answer, in
   * order, and one that is wrong never fails the others.
   *
   * The plugin sends no ids and no times: an item is dated when it arrives, and an equal one within
   * ten seconds is taken for a retry, a repeated view within a day. Send `event_id` among the
   * properties of an event to decide that yourself.
   */
  @Post()
  @HttpCode(200)
  @Scoped('events:write-browser', 'query')
  @RouteConfig({ ...GROWTHBOOK_CONFIG, ...BODY })
  @GrowthBookRoute()
  @ApiQuery({ name: 'client_key', description: 'A public key.', schema: { type: 'string' } })
  @ApiBody({ type: GrowthBookEventDto, isArray: true })
  @ApiOkResponse({
    description: 'A result for each item.',
    schema: { $ref: '#/components/schemas/EventResultsDto' },
  })
  @GrowthBookProblem(400, 'malformed-json', {
    detail: 'The body is not JSON.',
    description: 'The body cannot be read as a list of events.',
  })
  @GrowthBookProblem(429, 'rate-limited', {
    detail: 'Too many events wait to be stored.',
    description: 'More events wait to be stored than there is room for.',
  })
  async growthBookTrack(
    @Caller() caller: Principal,
    @Body() body: unknown,
  ): Promise<{ results: TrackingResults }> {
    const items: readonly unknown[] = Array.isArray(body) ? body : [body];
    return { results: await this.tracking.take(caller, items) };
  }
}
