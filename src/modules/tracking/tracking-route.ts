import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiExtension, ApiResponse } from '@nestjs/swagger';
import type { ProblemDialect } from '../../platform/http/answer-problem.js';
import { BROWSER, type BrowserConfig } from '../../platform/http/cors.js';
import type { BodyConfig } from '../../platform/http/front-door.js';
import { TRACKING_DIALECT } from './tracking-dialect.js';

const CONFIG: BodyConfig & BrowserConfig & ProblemDialect = {
  ...BROWSER,
  ...TRACKING_DIALECT,
  wire: 'batch',
};

/** What clients of the tracking protocol label their JSON as. */
const LABELS = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'];

/**
 * What all routes of the tracking protocol share. They answer 200 and nothing else: clients take a
 * redirect for a delivery.
 */
export function TrackingRoute(body: Type): MethodDecorator {
  return applyDecorators(
    HttpCode(200),
    RouteConfig(CONFIG),
    ApiConsumes(...LABELS),
    ApiBody({ type: body, description: 'JSON, whatever it is labelled as; gzip is inflated.' }),
    ApiExtension('x-outage-status', 429),
    ApiResponse({
      status: 400,
      description: 'The body cannot be read: `malformed-json`, or `malformed-gzip`.',
    }),
    ApiResponse({
      status: 415,
      description: '`unsupported-content-encoding`: compress with gzip or not at all.',
    }),
    ApiResponse({
      status: 429,
      description:
        '`rate-limited`: more events wait to be stored than there is room for. `unavailable`: the ' +
        'database does not answer. Send the same again after Retry-After; clients keep it until then.',
    }),
  );
}
