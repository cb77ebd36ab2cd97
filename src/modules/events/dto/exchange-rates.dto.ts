import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsString } from 'class-validator';
import { Name } from '../../../platform/http/fields.js';

/** What currencies were worth on one day. */
export class ExchangeRatesDto {
  /** The day, in the project's time zone. */
  @IsString()
  @ApiProperty({ type: 'string', format: 'date', example: '2026-03-02' })
  date: string;

  /** The currency that the rates are expressed in: usually the project's. */
  @IsString()
  @ApiProperty({ type: 'string', example: 'EUR' })
  base: string;

  /** By currency: how much of `base` one unit of it is worth. */
  @IsObject()
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number', minimum: 1e-9 },
    example: { USD: 0.92, JPY: 0.0061 },
  })
  rates: Record<string, number>;

  /** Where the rates come from; shown beside converted money. */
  @Name()
  source: string;
}

export class StoredExchangeRatesDto extends ExchangeRatesDto {
  /** How many of them are new; the others were stored before, with the same value. */
  @ApiProperty({ type: 'integer' })
  added: number;
}
