import { CURRENCIES } from '../currencies.js';
import { CHECKOUT_EVENT_TYPES, CHECKOUT_EXPONENTS } from './checkout.normaliser.js';

/** There is no package that lists them: these lists are the documentation's. */

describe('the table covers the documented event types', () => {
  // https://www.checkout.com/docs/developer-resources/event-notifications/event-types, the groups
  // Authentication, Compliance, Disputes, Fraud and Gateway; read in November 2026.
  const DOCUMENTED =
    `authentication_approved authentication_attempted authentication_expired authentication_failed
    authentication_started bank_account_updated batch_successful batch_unsuccessful
    card_verification_declined card_verified dispute_accepted dispute_arbitration_evidence_submitted
    dispute_arbitration_lost dispute_arbitration_sent_to_scheme dispute_arbitration_won
    dispute_canceled dispute_evidence_acknowledged_by_scheme dispute_evidence_required
    dispute_evidence_submitted dispute_expired dispute_lost dispute_received dispute_resolved
    dispute_won fraud_reported payment_approved payment_authentication_failed
    payment_authorization_increment_declined payment_authorization_incremented payment_canceled
    payment_capture_declined payment_capture_pending payment_captured payment_compliance_review
    payment_declined payment_expired payment_optimized payment_paid payment_pending
    payment_refund_declined payment_refund_pending payment_refunded payment_retry_scheduled
    payment_returned payment_void_declined payment_voided
    request_for_information_received`.split(/\s+/);

  /** They move no payment, or are payouts: see docs/law.md. */
  const IGNORED =
    `authentication_approved authentication_attempted authentication_expired authentication_failed
    authentication_started bank_account_updated batch_successful batch_unsuccessful
    card_verification_declined card_verified dispute_arbitration_evidence_submitted
    dispute_arbitration_sent_to_scheme fraud_reported payment_authentication_failed
    payment_authorization_increment_declined payment_compliance_review payment_optimized
    payment_paid payment_retry_scheduled payment_returned payment_void_declined
    request_for_information_received`.split(/\s+/);

  it('each is either read or ignored', () => {
    expect([...CHECKOUT_EVENT_TYPES.keys(), ...IGNORED].sort()).toEqual(DOCUMENTED);
  });
});

describe('the exponents', () => {
  // https://www.checkout.com/docs/developer-resources/calculating-the-amount: full amounts, amounts with
  // three decimals, and two for every other currency.
  const NONE = 'BIF DJF GNF ISK JPY KMF KRW PYG RWF UGX VUV VND XAF XOF XPF'.split(' ');
  const THREE = 'BHD IQD JOD KWD LYD OMR TND'.split(' ');
  /** Nobody pays in them: units of account, and codes that ISO 4217 has withdrawn. */
  const NOT_CHARGED = /^(CLF|UYI|UYW|BEF|BYB|BYR|ESP|GRD|ITL|LUF|MGF|PTE|TPE|TRL)$/;

  it.each(CURRENCIES.filter(([code]) => !NOT_CHARGED.test(code)))('of %s', (code, iso) => {
    const documented = NONE.includes(code) ? 0 : THREE.includes(code) ? 3 : 2;
    expect(CHECKOUT_EXPONENTS[code] ?? iso).toBe(documented);
  });
});
