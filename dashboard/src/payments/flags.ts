import type { Flag } from '../../../src/payments/fold.js';

/** What a flag means for who reads it, and what to do. docs/law.md has when it holds. */
export const FLAG_WORDS: Readonly<Record<Flag, readonly [title: string, explanation: string]>> = {
  amount_unknown: [
    'An amount is unknown',
    'The provider told of money without saying how much. The sums here leave it out; look it up at the provider.',
  ],
  captured_over_authorized: [
    'More was captured than authorized',
    'The provider took more than the payer’s bank had approved. That can be right (a tip, a raised amount whose event is missing) and can be a double capture.',
  ],
  currency_mismatch: [
    'Amounts in several currencies',
    'A fact states another currency than the payment’s. It is left out of the sums.',
  ],
  missing_parent: [
    'The payment itself was never seen',
    'A refund or dispute arrived, and neither an authorization nor a capture. It is most likely older than this service. Let the provider send the event again if you need it.',
  ],
  refunded_over_captured: [
    'More was refunded than captured',
    'More went back than was taken. Either the event of a capture is missing, or a refund was made twice.',
  ],
};
