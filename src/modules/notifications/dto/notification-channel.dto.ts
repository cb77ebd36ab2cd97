import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches } from 'class-validator';
import { CHANNEL_KINDS, type ChannelKind } from '../../../domain/notices/delivery.js';
import {
  NOTICE_KINDS,
  NOTICE_SEVERITIES,
  type NoticeKind,
  type NoticeSeverity,
} from '../../../domain/notices/notice.js';
import { EnumOf, EnumsOf, Maybe, Name, Text } from '../../../platform/http/fields.js';
import { URL_CHARS_MAX } from '../../../platform/outbound/outbound-url.js';

export const RECIPIENTS_MAX = 20;
/** A bare address of printable ASCII: nothing in it can end a line or begin another address. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

function Addresses(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(RECIPIENTS_MAX),
    IsString({ each: true }),
    Matches(ADDRESS, { each: true }),
    ApiProperty({
      type: 'array',
      items: { type: 'string', pattern: ADDRESS.source },
      minItems: 1,
      maxItems: RECIPIENTS_MAX,
    }),
  );
}

/** Where notices are to be sent from now on. */
export class CreateNotificationChannelDto {
  @Name()
  name: string;

  /** `slack`: an incoming webhook of Slack, or of a chat that takes the same; `email`: plain mails. */
  @EnumOf(CHANNEL_KINDS, 'ChannelKind')
  kind: ChannelKind;

  /**
   * Of a webhook: https, on its own port, to the public internet. It is a credential, so it is kept
   * sealed and never answered.
   */
  @Maybe()
  @Text(URL_CHARS_MAX)
  @ApiProperty({ type: 'string', writeOnly: true })
  url?: string;

  /** Of mails: bare addresses. */
  @Maybe()
  @Addresses()
  to?: string[];

  /** Only notices of these kinds; all of them when absent. */
  @Maybe()
  @EnumsOf(NOTICE_KINDS, 'NoticeKind')
  kinds?: NoticeKind[];

  /** Only notices as grave as this or graver; `info`, which is all of them, when absent. */
  @Maybe()
  @EnumOf(NOTICE_SEVERITIES, 'NoticeSeverity')
  minSeverity?: NoticeSeverity;
}

/** Why something did not arrive. */
export class DeliveryFaultDto {
  /**
   * `http-404` and its like: what the webhook answered. `smtp-550` and its like: what the mail server
   * answered. `timeout`, `unreachable`, `tls-failed`, `host-unknown`, `address-forbidden`,
   * `url-forbidden`, `smtp-unreachable`, `smtp-tls-failed`, `smtp-login-refused`,
   * `email-not-configured`, `address-unreadable`: it was not reached. `worker-died`: nobody was left to
   * send it.
   */
  code: string;
  @ApiProperty({ format: 'date-time' })
  at: string;
}

/** Where notices are sent, without the secret, and how it goes. */
export class NotificationChannelDto {
  id: string;
  name: string;
  /** `slack`: a webhook; `email`: plain mails. */
  @ApiProperty({ enum: CHANNEL_KINDS, enumName: 'ChannelKind' })
  kind: ChannelKind;
  /** Of a webhook: the host of its URL. */
  host?: string;
  /** Of a webhook: the last four characters of its URL, to tell one from another. */
  urlEnding?: string;
  /** Of mails: who gets them. */
  to?: string[];
  /** Only notices of these kinds are sent; all of them when empty. */
  @ApiProperty({ enum: NOTICE_KINDS, enumName: 'NoticeKind', isArray: true })
  kinds: NoticeKind[];
  /** Only notices as grave as this or graver are sent. */
  @ApiProperty({ enum: NOTICE_SEVERITIES, enumName: 'NoticeSeverity' })
  minSeverity: NoticeSeverity;
  @ApiProperty({ format: 'date-time' })
  createdAt: string;
  /** Member who created it. */
  createdBy: string;
  /** How many notices wait to be sent, those included that are tried again. */
  @ApiProperty({ type: 'integer' })
  pending: number;
  /** How many notices were given up. */
  @ApiProperty({ type: 'integer' })
  failed: number;
  /** When one arrived last. */
  @ApiProperty({ format: 'date-time' })
  lastSentAt?: string;
  /** The last one that was given up; absent when none was. */
  lastFailure?: DeliveryFaultDto;
  /**
   * The receiver said that there is nobody at this address any more, so nothing is sent until a test
   * arrives; absent while it works.
   */
  stopped?: DeliveryFaultDto;
}

export class NotificationChannelPageDto {
  data: NotificationChannelDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
}

export class ChannelTestDto {
  /** Whether the receiver took it. */
  delivered: boolean;
  /** Why it did not arrive, as in `lastFailure`; `sandbox`: nothing leaves a sandbox. */
  code?: string;
}
