import { ApiProperty } from '@nestjs/swagger';
import {
  NOTICE_KINDS,
  NOTICE_SEVERITIES,
  type NoticeKind,
  type NoticeSeverity,
} from '../../../domain/notices/notice.js';
import { EnumOf, Id, Key, Maybe } from '../../../platform/http/fields.js';
import { PageQueryDto } from '../../../platform/http/page-query.dto.js';

const YES_OR_NO = ['true', 'false'] as const;

/** Which notices, and which page of them. */
export class NotificationQueryDto extends PageQueryDto {
  /** Only notices of this kind. */
  @Maybe()
  @EnumOf(NOTICE_KINDS, 'NoticeKind')
  kind?: NoticeKind;

  /** Only what is about the experiment of this key. */
  @Maybe()
  @Key()
  experiment?: string;

  /** Only notices as grave as this, neither more nor less. */
  @Maybe()
  @EnumOf(NOTICE_SEVERITIES, 'NoticeSeverity')
  severity?: NoticeSeverity;

  /** `true`: only what you have not read; `false`: only what you have. */
  @Maybe()
  @EnumOf(YES_OR_NO, 'YesOrNo')
  unread?: (typeof YES_OR_NO)[number];
}

/**
 * Something worth knowing about an experiment, told once per episode: one stretch of time in which it
 * holds. It is computed from the stored result and nothing else, so it says what the result says.
 */
export class NotificationDto {
  id: string;
  /** What has happened, or holds. */
  @ApiProperty({ enum: NOTICE_KINDS, enumName: 'NoticeKind' })
  kind: NoticeKind;
  /** How soon somebody should look: `urgent` is now. */
  @ApiProperty({ enum: NOTICE_SEVERITIES, enumName: 'NoticeSeverity' })
  severity: NoticeSeverity;
  experimentKey: string;
  /** What it is about within the experiment, such as a variant; `experiment` is the whole of it. */
  subject: string;
  sentence: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  facts: object;
  /** The result it follows from; absent where it follows from something else. */
  evaluationId?: string;
  /** When the episode began. */
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** When it no longer held; absent while it does, and of what happened once. */
  @ApiProperty({ format: 'date-time' })
  endedAt?: string;
  /** Whether you have read it. */
  read: boolean;
  /** Path of the page to read on. */
  link: string;
}

export class NotificationPageDto {
  data: NotificationDto[];
  /** Send it as `cursor` for the next page; absent on the last one. */
  nextCursor?: string;
  /** How many notices of the whole project you have not read. */
  @ApiProperty({ type: 'integer' })
  unread: number;
}

export class ReadNotificationsDto {
  /** Id of the newest notice you have seen: it and everything older is read. */
  @Id()
  upTo: string;
}

export class ReadStateDto {
  /** How many notices of the whole project you have not read. */
  @ApiProperty({ type: 'integer' })
  unread: number;
}
