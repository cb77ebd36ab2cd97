import { ApiProperty } from '@nestjs/swagger';
import {
  EVENT_FAULTS,
  EVENT_ID_LENGTH_MAX,
  type EventFaultCode,
} from '../../../domain/events/event.js';
import { STRIPE_IGNORED, type StripeIgnored } from '../../../domain/tracking/stripe-event.js';

/** As for events sent in any other way. */
const ENTRY_STATUSES = ['accepted', 'duplicate', 'rejected'] as const;

/** What became of one entry that an event of Stripe brought. */
export class StripeEntryResultDto {
  /** Its id in the log: `stripe:` and the id of the charge, refund, dispute or payment. */
  @ApiProperty({ type: 'string', required: false, maxLength: EVENT_ID_LENGTH_MAX })
  id?: string;

  /** `duplicate`: it was there already. */
  @ApiProperty({ enum: ENTRY_STATUSES, enumName: 'EventResultStatus' })
  status: (typeof ENTRY_STATUSES)[number];

  /** Why it was rejected. */
  @ApiProperty({ enum: EVENT_FAULTS, enumName: 'EventFaultCode', required: false })
  code?: EventFaultCode;

  /** What to repair; it stands among the dead letters too. */
  detail?: string;
}

/** What an event of Stripe brought. */
export class StripeWebhookResultDto {
  /** One for each entry, and for those that had waited for it; none when the event is ignored. */
  @ApiProperty({ type: [StripeEntryResultDto] })
  results: StripeEntryResultDto[];

  /** Why the event brings nothing. */
  @ApiProperty({ enum: STRIPE_IGNORED, enumName: 'StripeIgnored', required: false })
  ignored?: StripeIgnored;

  /** The same in words. */
  why?: string;
}
