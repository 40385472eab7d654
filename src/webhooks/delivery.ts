/** What a request becomes on its way: authentic, then normalised, then recorded. */
import { type Source } from '../config/settings.js';
import { type FieldError, type PaymentEvent, type QuarantineCode } from '../providers/provider.js';

/** A request whose signature was verified. */
export interface AuthenticDelivery {
  readonly source: Source;
  /** The exact bytes. */
  readonly body: Buffer;
  /** Kept by allow-list; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Label of the secret that verified it. */
  readonly verifiedWith: string;
  readonly receivedAt: Date;
}

/** An event with an identity, and checked against what its source is bound to. */
export interface NormalisedEvent extends PaymentEvent {
  readonly eventId: string;
}

export interface NormalisedDelivery extends AuthenticDelivery {
  /** Lower-case hex. */
  readonly bodySha256: string;
  readonly events: readonly NormalisedEvent[];
}

export type EventStatus = 'applied' | 'ignored' | 'quarantined';

/** What is stored of an event, and so what is answered. */
export interface RecordedEvent {
  readonly status: EventStatus;
  readonly code: QuarantineCode | null;
  /** It was stored before. */
  readonly duplicate: boolean;
  readonly errors: readonly FieldError[];
}
