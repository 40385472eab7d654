import {
  Controller,
  Headers,
  HttpCode,
  Post,
  type RawBodyRequest,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { type Message, Payments } from './payments.js';

@Controller('payments')
export class ToldController {
  constructor(
    private readonly webhook: Webhook,
    private readonly payments: Payments,
  ) {}

  /** Answers 2xx only once it is kept: anything else, and it is told again. */
  @Post()
  @HttpCode(204)
  take(
    @Req() request: RawBodyRequest<IncomingMessage>,
    @Headers() headers: Record<string, string>,
  ): void {
    this.payments.keep(this.verified(request.rawBody, headers));
  }

  private verified(body: Buffer | undefined, headers: Record<string, string>): Message {
    try {
      return this.webhook.verify(body ?? '', headers) as Message;
    } catch {
      throw new UnauthorizedException('This is not signed with the secret of the endpoint.');
    }
  }
}
