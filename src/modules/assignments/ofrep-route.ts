import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { BROWSER } from '../../platform/http/cors.js';
import { OfrepFailureDto } from './dto/ofrep.dto.js';
import { OFREP_DIALECT, type OfrepErrorCode } from './ofrep-dialect.js';

/** How all OFREP routes are configured: pages call them, and errors are in the words of the protocol. */
export const OFREP_CONFIG = { ...OFREP_DIALECT, ...BROWSER };

/** What the documentation says of both questions for flags. */
export function OfrepRoute(): MethodDecorator {
  return applyDecorators(
    ApiExtension('x-problem-dialect', 'ofrep'),
    ApiExtraModels(OfrepFailureDto),
    OfrepProblem(400, 'targeting-key-missing', {
      errorCode: 'TARGETING_KEY_MISSING',
      detail: 'context.targetingKey is the id of the unit.',
      description:
        'The body cannot be read (PARSE_ERROR), names no unit (TARGETING_KEY_MISSING), or names ' +
        'one that cannot be (INVALID_CONTEXT).',
    }),
    OfrepProblem(429, 'rate-limited', {
      errorCode: 'GENERAL',
      detail: 'This key asks too often; wait a second.',
      description:
        'This key asks more often than one key may. Clients stop for as long as Retry-After says.',
    }),
  );
}

/** A problem that is also a failure of the protocol. */
export function OfrepProblem(
  status: number,
  code: string,
  text: { errorCode: OfrepErrorCode; detail: string; description: string },
): MethodDecorator {
  const { errorCode, detail, description } = text;
  return ApiResponse({
    status,
    description,
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { $ref: getSchemaPath(OfrepFailureDto) },
          ],
        },
        example: {
          type: `/problems/${code}`,
          title: code.replaceAll('-', ' '),
          status,
          code,
          detail,
          instance: '2f6c1a52-58a4-4f0e-9d5b-0d7f6a0f3c11',
          key: 'annual-plan-first',
          errorCode,
          errorDetails: detail,
        },
      },
    },
  });
}
