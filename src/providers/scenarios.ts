import { type Sample, type SampleContext } from './provider.js';

/** A payment of a provider's samples: what is done to it leaves what the provider would send of it. */
interface Played {
  readonly samples: readonly Sample[];
}

/** Makes scenarios, each of a payment of its own that is played from its beginning. */
export function scenariosOf<P extends Played>(Payment: new (context: SampleContext) => P) {
  return (play: (payment: P) => void) =>
    (context: SampleContext): readonly Sample[] => {
      const payment = new Payment(context);
      play(payment);
      return payment.samples;
    };
}
