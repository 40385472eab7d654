import { Injectable, Logger, type PipeTransform } from '@nestjs/common';
import { type AuthenticDelivery, type NormalisedDelivery } from './delivery.js';
import { normalise, sha256 } from './normalise.js';

/**
 * From the bytes of an authentic delivery to its payment events: JSON, the provider's DTOs, statements.
 * It never refuses: what cannot be used becomes a quarantined event, so that it is stored first.
 */
@Injectable()
export class PaymentEventPipe implements PipeTransform<AuthenticDelivery, NormalisedDelivery> {
  private readonly logger = new Logger(PaymentEventPipe.name);

  transform(delivery: AuthenticDelivery): NormalisedDelivery {
    const { source, body, headers, verifiedWith, receivedAt } = delivery;
    const bodySha256 = sha256(body);
    const events = normalise(source, { body, bodySha256, headers, receivedAt }, (err) =>
      this.logger.error({ msg: 'a normaliser failed', source: source.name, err }),
    );
    return { source, body, bodySha256, headers, verifiedWith, receivedAt, events };
  }
}
