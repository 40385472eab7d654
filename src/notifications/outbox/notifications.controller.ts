import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { AdminController } from '../../operations/admin-controller.js';
import { Audited } from '../../operations/audit/audited.js';
import { type Page } from '../../operations/cursor.js';
import { ApiProblem } from '../../operations/problem.dto.js';
import { Problem } from '../../operations/problem.js';
import { validationPipe } from '../../operations/validation.js';
import {
  NotificationDetailDto,
  NotificationPageDto,
  RetriedDto,
  type NotificationDto,
} from './notification.dto.js';
import { NotificationsQueryDto, RetryFilterDto } from './notifications-query.dto.js';
import { NotificationsReader } from './notifications.reader.js';
import { RetryService } from './retry.service.js';

const FILTERS = ['status', 'endpoint', 'payment', 'type', 'from', 'to'];

@AdminController('notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsReader,
    private readonly retries: RetryService,
  ) {}

  /** Lists what endpoints were told, are being told or could not be told, newest first. */
  @Get()
  @ApiOkResponse({ type: NotificationPageDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) query: NotificationsQueryDto): Promise<Page<NotificationDto>> {
    return this.notifications.list(query);
  }

  /** Shows a notification with what is sent and every attempt. */
  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: NotificationDetailDto })
  @ApiProblem('not_found')
  find(@Param('id') id: string): Promise<NotificationDetailDto> {
    return this.notifications.find(id);
  }

  /** Retries the dead or delivered notifications that meet all filters. */
  @Post('retry')
  @Audited('notifications.retry', FILTERS)
  @HttpCode(200)
  @ApiOkResponse({ type: RetriedDto })
  @ApiProblem('validation_failed')
  async retryMany(@Body(validationPipe()) filter: RetryFilterDto): Promise<RetriedDto> {
    refuseEmpty(filter);
    return { retried: await this.retries.retryMany(filter) };
  }

  /** Sends a dead or delivered notification again, at once and out of the order of versions. */
  @Post(':id/retry')
  @Audited('notification.retry')
  @HttpCode(200)
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: NotificationDetailDto })
  @ApiProblem('not_found', 'conflict')
  async retryOne(@Param('id') id: string): Promise<NotificationDetailDto> {
    await this.retries.retryOne(await this.notifications.find(id));
    return this.notifications.find(id);
  }
}

/** By mistake: a filter that is null would be none, and without any filter everything is sent again. */
function refuseEmpty(filter: RetryFilterDto): void {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  if (given.length === 0) {
    throw new Problem('validation_failed', {
      detail: 'Name at least one filter, so that not everything is sent again by mistake.',
    });
  }
  const errors = given
    .filter(([, value]) => value === null)
    .map(([field]) => ({ field, message: `${field} must not be null; leave it out` }));
  if (errors.length > 0) throw new Problem('validation_failed', { errors });
}
