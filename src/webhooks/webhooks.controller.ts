import { Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { type Response } from 'express';
import { ApiProblem } from '../operations/problem.dto.js';
import { PROVIDERS } from '../providers/index.js';
import { type Provider } from '../providers/provider.js';
import { answerTo } from './answer.js';
import { type NormalisedDelivery } from './delivery.js';
import { PaymentEventPipe } from './payment-event.pipe.js';
import { PaymentsService } from './payments.service.js';
import { SignatureGuard } from './signature.guard.js';
import { WebhookAnswerDto } from './webhook-answer.dto.js';
import { Delivery, type WebhookRequest } from './webhook-request.js';

@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly payments: PaymentsService) {}

  /** Receives a webhook: edge (middleware) → signature (guard) → events (pipe) → recorded → answered. */
  @Post(':source')
  @HttpCode(200)
  @UseGuards(SignatureGuard)
  @ApiOperation({ summary: 'Receive a signed webhook of a provider' })
  @ApiParam({ name: 'source', description: 'The name of a configured source', example: 'stripe' })
  @ApiConsumes(...new Set(PROVIDERS.flatMap(({ contentTypes }) => contentTypes)))
  @ApiBody({ schema: { type: 'object' }, description: 'The body as the provider signs it' })
  @ApiOkResponse({ type: WebhookAnswerDto, description: 'Stored. Only then is it acknowledged.' })
  @ApiProblem(
    'validation_failed',
    'signature_missing',
    'signature_invalid',
    'timestamp_out_of_tolerance',
    'source_not_found',
    'method_not_allowed',
    'body_too_large',
    'content_type_unsupported',
    'content_encoding_unsupported',
    'storage_unavailable',
    'overloaded',
    'draining',
    'verification_unavailable',
  )
  async receive(
    @Delivery(PaymentEventPipe) delivery: NormalisedDelivery,
    @Req() request: WebhookRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookAnswerDto | string> {
    const recorded = await this.payments.record(delivery);
    request.recorded = { delivery, events: recorded };
    const answer = answerTo(delivery, recorded);
    return inItsForm(answer, delivery.source.provider, response);
  }
}

/** As JSON, or in the fixed words that the provider looks for. */
function inItsForm(
  answer: WebhookAnswerDto,
  { acknowledgement }: Provider,
  response: Response,
): WebhookAnswerDto | string {
  if (!acknowledgement) return answer;
  response.type(acknowledgement.contentType);
  return acknowledgement.body;
}
