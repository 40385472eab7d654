import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../operations/page-query.dto.js';
import { Exact, MayBeAbsent, Statuses, Time } from '../../operations/query-parameters.js';
import { MESSAGE_TYPES, type MessageType } from '../../payments/message-type.js';
import { NOTIFICATION_STATUSES, type NotificationStatus } from './notification.dto.js';

export class NotificationsQueryDto extends OmitType(PageQueryDto, ['source'] as const) {
  @Statuses(NOTIFICATION_STATUSES)
  status?: NotificationStatus[];

  @Exact('endpoint', 63, 'Id or name of an endpoint')
  endpoint?: string;

  @MayBeAbsent()
  @IsUUID('all', { message: 'payment must be the id of a payment' })
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Id of a payment' })
  payment?: string;

  @MayBeAbsent()
  @IsIn(MESSAGE_TYPES, { message: `type must be one of ${MESSAGE_TYPES.join(', ')}` })
  @ApiPropertyOptional({ enum: MESSAGE_TYPES })
  type?: MessageType;

  @Time('from', 'Only notifications created at or after this time')
  from?: Date;

  @Time('to', 'Only notifications created before this time')
  to?: Date;
}

/** Which notifications: those that meet all of the filters. Without a status, those that are dead. */
export class RetryFilterDto extends OmitType(NotificationsQueryDto, [
  'cursor',
  'limit',
  'status',
] as const) {
  @Statuses(['dead', 'delivered'])
  status?: ('dead' | 'delivered')[];
}
