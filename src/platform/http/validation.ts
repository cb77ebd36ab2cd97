import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, Invalid } from '../../domain/errors.js';

/**
 * The one validation pipe: nothing unknown passes, nothing is coerced.
 * @param at JSON Pointer of what is checked, where it is a part of the body.
 */
export function createValidationPipe(at = ''): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    transformOptions: { enableImplicitConversion: false },
    stopAtFirstError: false,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) =>
      new Invalid(
        'validation-failed',
        'Some members are missing or wrong; errors says which.',
        errors.flatMap((error) => fieldErrors(error, at)),
      ),
  });
}

/** Checks a body whose class is known only once its media type is. @throws Invalid */
export async function readBody<T extends object>(
  type: new () => T,
  body: unknown,
  at = '',
): Promise<T> {
  const pipe = createValidationPipe(at);
  return (await pipe.transform(body, { type: 'body', metatype: type })) as T;
}

const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown-member',
  isIn: 'not-in-set',
  isInstant: 'invalid-timestamp',
  isUuid: 'invalid-id',
  matches: 'invalid-format',
};

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const pointer = `${parent}/${escapePointer(error.property)}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, detail]) => ({
    pointer,
    code: CODES[constraint] ?? constraint.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    detail,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}

/** RFC 6901. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
