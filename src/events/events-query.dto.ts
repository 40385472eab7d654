import { PageQueryDto } from '../operations/page-query.dto.js';
import { Exact, Statuses, Time } from '../operations/query-parameters.js';
import { EVENT_STATUSES, type EventStatus } from './event.dto.js';

export class EventsQueryDto extends PageQueryDto {
  @Statuses(EVENT_STATUSES)
  status?: EventStatus[];

  @Exact('type', 300, "The provider's event type")
  type?: string;

  @Exact('eventId', 300, "The provider's event id")
  eventId?: string;

  @Time('from', 'Only events received at or after this time')
  from?: Date;

  @Time('to', 'Only events received before this time')
  to?: Date;
}
