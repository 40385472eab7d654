import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { AdminController } from '../../operations/admin-controller.js';
import { Audited } from '../../operations/audit/audited.js';
import { type Page } from '../../operations/cursor.js';
import { ApiProblem } from '../../operations/problem.dto.js';
import { validationPipe } from '../../operations/validation.js';
import { EndpointBodyPipe } from './endpoint-body.pipe.js';
import {
  CreateEndpointDto,
  EndpointDto,
  EndpointPageDto,
  EndpointsQueryDto,
  EndpointWithSecretDto,
  RotateSecretDto,
  UpdateEndpointDto,
} from './endpoint.dto.js';
import { EndpointsService } from './endpoints.service.js';

/** What the audit keeps of an endpoint; its address may hold a token. */
const CHOICES = ['name', 'types', 'sources'];

@AdminController('endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  /** Creates an endpoint. The answer shows its secret, once and never again. */
  @Post()
  @Audited('endpoint.create', CHOICES)
  @ApiCreatedResponse({ type: EndpointWithSecretDto })
  @ApiProblem('validation_failed', 'conflict')
  create(@Body(EndpointBodyPipe) endpoint: CreateEndpointDto): Promise<EndpointWithSecretDto> {
    return this.endpoints.create(endpoint);
  }

  /** Lists endpoints, newest first. */
  @Get()
  @ApiOkResponse({ type: EndpointPageDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) query: EndpointsQueryDto): Promise<Page<EndpointDto>> {
    return this.endpoints.list(query);
  }

  /** Shows an endpoint. */
  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: EndpointDto })
  @ApiProblem('not_found')
  find(@Param('id') id: string): Promise<EndpointDto> {
    return this.endpoints.find(id);
  }

  /** Changes, pauses or resumes an endpoint. What waits for one that is set active is sent at once. */
  @Patch(':id')
  @Audited('endpoint.update', [...CHOICES, 'status'])
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: EndpointDto })
  @ApiProblem('not_found', 'validation_failed', 'conflict')
  update(
    @Param('id') id: string,
    @Body(EndpointBodyPipe) changes: UpdateEndpointDto,
  ): Promise<EndpointDto> {
    return this.endpoints.update(id, changes);
  }

  /** Makes a new secret and shows it, once. The old one signs beside it until the receiver has the new one. */
  @Post(':id/rotate-secret')
  @Audited('endpoint.rotate-secret', ['overlapSeconds'])
  @HttpCode(200)
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: EndpointWithSecretDto })
  @ApiProblem('not_found', 'validation_failed', 'conflict')
  rotateSecret(
    @Param('id') id: string,
    @Body(validationPipe()) { overlapSeconds }: RotateSecretDto,
  ): Promise<EndpointWithSecretDto> {
    return this.endpoints.rotateSecret(id, overlapSeconds);
  }

  /** Deletes an endpoint with all that it was and was to be told. */
  @Delete(':id')
  @Audited('endpoint.delete')
  @HttpCode(204)
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiNoContentResponse()
  @ApiProblem('not_found', 'conflict')
  delete(@Param('id') id: string): Promise<void> {
    return this.endpoints.delete(id);
  }
}
