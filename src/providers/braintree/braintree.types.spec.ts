import {
  BRAINTREE_DISPUTE_KINDS,
  BRAINTREE_DISPUTE_STATUSES,
  BRAINTREE_KINDS,
  BRAINTREE_TRANSACTION_STATUSES,
  BRAINTREE_TRANSACTION_TYPES,
} from './braintree.normaliser.js';
import { OFFICIAL } from './testing/official.js';

/** The official package's enumerations are the list of what Braintree can send. */
describe("the tables cover the official package's enumerations", () => {
  const IGNORED = `account_updater_daily_report check connected_merchant_paypal_status_changed
    connected_merchant_status_transitioned disbursement granted_payment_instrument_update
    granted_payment_method_revoked grantor_updated_granted_payment_method oauth_access_revoked
    partner_merchant_connected partner_merchant_declined partner_merchant_disconnected
    payment_method_customer_data_updated payment_method_revoked_by_customer
    recipient_updated_granted_payment_method subscription_billing_skipped subscription_canceled
    subscription_expired subscription_trial_ended subscription_went_active
    subscription_went_past_due transaction_disbursed transaction_retried
    transaction_reviewed`.split(/\s+/);

  it('the kinds of notifications: each is either read or ignored', () => {
    expect(OFFICIAL.kinds.length).toBeGreaterThan(35);
    expect([...BRAINTREE_KINDS.keys(), ...IGNORED].sort()).toEqual(OFFICIAL.kinds);
  });

  it('the types of a transaction', () => {
    expect([...BRAINTREE_TRANSACTION_TYPES.keys()].sort()).toEqual(OFFICIAL.transactionTypes);
  });

  it('the statuses of a transaction', () => {
    expect(OFFICIAL.transactionStatuses.length).toBeGreaterThan(10);
    expect([...BRAINTREE_TRANSACTION_STATUSES].sort()).toEqual(OFFICIAL.transactionStatuses);
  });

  it('the statuses and the kinds of a dispute', () => {
    expect([...BRAINTREE_DISPUTE_STATUSES].sort()).toEqual(OFFICIAL.disputeStatuses);
    expect([...BRAINTREE_DISPUTE_KINDS.keys()].sort()).toEqual(OFFICIAL.disputeKinds);
  });
});
