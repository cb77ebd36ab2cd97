import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  registerDecorator,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { KEY_PATTERN } from '../../domain/key.js';
import { parseInstant } from '../../domain/events/instant.js';

/** Field decorators: each says the rule once, for the validator and for the API description. */

/** Free text of people: a paragraph, not a book. */
export const TEXT_MAX = 2_000;
export const NAME_MAX = 200;
export const LIST_MAX = 200;
/** Zero-width and direction marks make two names look like one. */
const INVISIBLE = /^[^\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]*$/u;

/** May be left out, but not null: an absent member says "unchanged", null would say nothing. */
export function Maybe(): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_, value) => value !== undefined),
    ApiProperty({ required: false }),
  );
}

export function Key(): PropertyDecorator {
  return applyDecorators(IsString(), Matches(KEY_PATTERN), ApiProperty({ type: 'string' }));
}

export function Name(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MinLength(1),
    MaxLength(NAME_MAX),
    Matches(INVISIBLE),
    ApiProperty({ type: 'string' }),
  );
}

export function Text(max: number = TEXT_MAX): PropertyDecorator {
  return applyDecorators(IsString(), MaxLength(max), ApiProperty({ type: 'string' }));
}

export function Id(): PropertyDecorator {
  return applyDecorators(IsUUID(), ApiProperty({ type: 'string', format: 'uuid' }));
}

export function Texts(max: number = NAME_MAX): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(LIST_MAX),
    IsString({ each: true }),
    MaxLength(max, { each: true }),
    ApiProperty({ type: 'array', items: { type: 'string' } }),
  );
}

/** A list of names, by the rule of one. */
export function Names(max: number = LIST_MAX): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    IsString({ each: true }),
    MinLength(1, { each: true }),
    MaxLength(NAME_MAX, { each: true }),
    Matches(INVISIBLE, { each: true }),
    ApiProperty({ type: 'array', items: { type: 'string' }, maxItems: max }),
  );
}

export function Count(min = 0, max: number = Number.MAX_SAFE_INTEGER): PropertyDecorator {
  return applyDecorators(
    IsInt(),
    Min(min),
    Max(max),
    ApiProperty({ type: 'integer', minimum: min, maximum: max }),
  );
}

export function Quantity(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    IsNumber({ allowNaN: false, allowInfinity: false }),
    Min(min),
    Max(max),
    ApiProperty({ type: 'number', minimum: min, maximum: max }),
  );
}

/** A share between 0 and 1. */
export function Fraction(): PropertyDecorator {
  return Quantity(0, 1);
}

export function Flag(): PropertyDecorator {
  return applyDecorators(IsBoolean(), ApiProperty({ type: 'boolean' }));
}

export function EnumOf(values: readonly string[], enumName: string): PropertyDecorator {
  return applyDecorators(IsIn([...values]), ApiProperty({ enum: [...values], enumName }));
}

export function EnumsOf(values: readonly string[], enumName: string): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(LIST_MAX),
    IsIn([...values], { each: true }),
    ApiProperty({ enum: [...values], enumName, isArray: true }),
  );
}

/** RFC 3339 with an offset; a date without a zone is refused, it would be a guess. */
export function Instant(): PropertyDecorator {
  return applyDecorators(
    (target: object, propertyName: string | symbol) => {
      registerDecorator({
        name: 'isInstant',
        target: target.constructor,
        propertyName: String(propertyName),
        validator: {
          validate: (value: unknown) => typeof value === 'string' && parseInstant(value) !== null,
          defaultMessage: () => 'an instant is RFC 3339 with an offset, e.g. 2026-03-01T09:00:00Z',
        },
      });
    },
    ApiProperty({ type: 'string', format: 'date-time' }),
  );
}

/** One nested object. */
export function Nested(type: () => new () => object): PropertyDecorator {
  return applyDecorators(
    IsObject(),
    ValidateNested(),
    Type(type),
    // The API description knows a lazy type by the name of its function: it must be `type`.
    ApiProperty({ type: () => type() }),
  );
}

/** A list of nested objects. */
export function NestedList(
  type: () => new () => object,
  max: number = LIST_MAX,
): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ValidateNested({ each: true }),
    Type(type),
    ApiProperty({ type: () => type(), isArray: true }),
  );
}
