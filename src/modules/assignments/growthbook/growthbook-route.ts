import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ProblemDialect } from '../../../platform/http/answer-problem.js';
import { BROWSER } from '../../../platform/http/cors.js';
import { GrowthBookFailureDto } from './dto/growthbook-failure.dto.js';

/** Client errors that keep their status; all others are 400 in this protocol. */
const OWN_STATUSES = new Set([401, 403, 404, 429]);

/** A problem as GrowthBook SDKs read it: the same members, and `error` beside them. */
const GROWTHBOOK_DIALECT: ProblemDialect = {
  problemDialect: (problem) => {
    const isOwn = problem.status >= 500 || OWN_STATUSES.has(problem.status);
    return { ...problem, status: isOwn ? problem.status : 400, error: problem.detail };
  },
};

/** How all routes of these SDKs are configured: pages call them, and errors are in their words. */
export const GROWTHBOOK_CONFIG = { ...GROWTHBOOK_DIALECT, ...BROWSER };

/** What the documentation says of all of them. */
export function GrowthBookRoute(): MethodDecorator {
  return applyDecorators(
    ApiExtension('x-problem-dialect', 'growthbook'),
    ApiExtraModels(GrowthBookFailureDto),
  );
}

/** A problem that is also a failure of the protocol. */
export function GrowthBookProblem(
  status: number,
  code: string,
  { detail, description }: { detail: string; description: string },
): MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { $ref: getSchemaPath(GrowthBookFailureDto) },
          ],
        },
        example: {
          type: `/problems/${code}`,
          title: code.replaceAll('-', ' '),
          status,
          code,
          detail,
          instance: '2f6c1a52-58a4-4f0e-9d5b-0d7f6a0f3c11',
          error: detail,
        },
      },
    },
  });
}
