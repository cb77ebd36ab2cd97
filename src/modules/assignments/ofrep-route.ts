import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { BROWSER } from '../../platform/http/cors.js';
import { OfrepFailureDto } from './dto/ofrep.dto.js';
import { OFREP_DIALECT, type OfrepErrorCode } from './ofrep-dialect.js';

/** What all OFREP routes share: errors in the words of the protocol, in the answer and in the docs. */
export function OfrepRoute(): MethodDecorator {
  return applyDecorators(
    RouteConfig({ ...OFREP_DIALECT, ...BROWSER }),
    ApiExtension('x-problem-dialect', 'ofrep'),
    ApiExtraModels(OfrepFailureDto),
    OfrepProblem(400, 'targeting-key-missing', {
      errorCode: 'TARGETING_KEY_MISSING',
      detail: 'context.targetingKey is the id of the unit.',
      description:
        'The body cannot be read (PARSE_ERROR), names no unit (TARGETING_KEY_MISSING), or names ' +
        'one that cannot be (INVALID_CONTEXT).',
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
