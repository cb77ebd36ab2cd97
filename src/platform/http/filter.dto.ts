import { ApiProperty } from '@nestjs/swagger';
import { Allow, ArrayMaxSize, IsArray } from 'class-validator';
import {
  FILTER_OPERATORS,
  FILTER_PROPERTY_MAX,
  FILTER_VALUES_MAX,
  type Filter,
  type FilterOperator,
  type FilterValue,
} from '../../domain/metrics/filter.js';
import { EnumOf, Maybe, Text } from './fields.js';

const SCALAR = { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

/**
 * One condition on a property of an event, or on an attribute of a unit: name, operator and plain
 * values. There are no expressions, paths or patterns.
 */
export class FilterDto {
  /** The name of the property as it is sent, not a path: `plan`, `utm.source`, `$browser`. */
  @Text(FILTER_PROPERTY_MAX)
  property: string;

  /**
   * `eq`, `ne`: equal in type and value or not; `lt`, `lte`, `gt`, `gte`: smaller or larger, of
   * numbers only; `in`, `not_in`: one of `values` or none; `exists`, `absent`: sent and not null, or
   * not. A property that is missing fulfils `ne`, `not_in` and `absent`.
   */
  @EnumOf(FILTER_OPERATORS, 'FilterOperator')
  operator: FilterOperator;

  /** For `eq` and `ne`: text, a number, true or false. For sizes a number. */
  @Maybe()
  @Allow()
  @ApiProperty({ required: false, ...SCALAR })
  value?: FilterValue;

  /** For `in` and `not_in`. */
  @Maybe()
  @IsArray()
  @ArrayMaxSize(FILTER_VALUES_MAX)
  @ApiProperty({ required: false, type: 'array', items: SCALAR })
  values?: FilterValue[];

  static from(filter: Filter): FilterDto {
    const { values, ...condition } = filter;
    return values === undefined ? condition : { ...condition, values: [...values] };
  }
}
