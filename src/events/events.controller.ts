import { Get, Header, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces } from '@nestjs/swagger';
import { AdminController } from '../operations/admin-controller.js';
import { type Page } from '../operations/cursor.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { validationPipe } from '../operations/validation.js';
import { EventDetailDto, EventPageDto, type EventDto } from './event.dto.js';
import { EventsQueryDto } from './events-query.dto.js';
import { EventsReader } from './events.reader.js';

@AdminController('events')
export class EventsController {
  constructor(private readonly events: EventsReader) {}

  /** Lists what was received, newest first. */
  @Get()
  @ApiOkResponse({ type: EventPageDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) query: EventsQueryDto): Promise<Page<EventDto>> {
    return this.events.list(query);
  }

  /** Shows an event with its headers and what it says about money. */
  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: EventDetailDto })
  @ApiProblem('not_found')
  find(@Param('id') id: string): Promise<EventDetailDto> {
    return this.events.find(id);
  }

  /** Gives the body of the request that brought the event, byte for byte. */
  @Get(':id/body')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblem('not_found')
  // A stranger wrote these bytes: no browser may take them for a page.
  @Header('X-Content-Type-Options', 'nosniff')
  async body(@Param('id') id: string): Promise<StreamableFile> {
    const bytes = await this.events.body(id);
    return new StreamableFile(bytes, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${id.toLowerCase()}.bin"`,
      length: bytes.length,
    });
  }
}
