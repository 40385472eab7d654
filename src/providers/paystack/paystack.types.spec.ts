import {
  PAYSTACK_DISPUTE_RESOLUTIONS,
  PAYSTACK_DISPUTE_STATUSES,
  PAYSTACK_DOMAINS,
  PAYSTACK_EVENT_TYPES,
  PAYSTACK_REFUND_STATUSES,
  PAYSTACK_TRANSACTION_STATUSES,
} from './paystack.normaliser.js';

/** There is no official package with types; written down from the pages that are named. */
describe('the tables cover what is documented', () => {
  it.each<[string, string, ReadonlyMap<string, unknown>]>([
    [
      'https://paystack.com/docs/payments/verify-payments/#transaction-statuses',
      'abandoned failed ongoing pending processing queued reversed success',
      PAYSTACK_TRANSACTION_STATUSES,
    ],
    [
      'https://paystack.com/docs/payments/refunds',
      'pending processing needs-attention processed failed',
      PAYSTACK_REFUND_STATUSES,
    ],
    [
      'https://paystack.com/docs/api/dispute',
      'awaiting-merchant-feedback awaiting-bank-feedback pending resolved',
      PAYSTACK_DISPUTE_STATUSES,
    ],
    [
      // Of the API; the last one in an example of https://paystack.com/docs/payments/webhooks.
      'https://paystack.com/docs/api/dispute, how one is resolved',
      'merchant-accepted declined auto-accepted',
      PAYSTACK_DISPUTE_RESOLUTIONS,
    ],
    ['https://paystack.com/docs/payments/webhooks, domain', 'live test', PAYSTACK_DOMAINS],
  ])('%s', (_, documented, table) => {
    expect([...table.keys()].sort()).toEqual(documented.split(' ').sort());
  });

  describe('events: https://paystack.com/docs/payments/webhooks', () => {
    const DOCUMENTED = `charge.dispute.create charge.dispute.remind charge.dispute.resolve
      charge.success customeridentification.failed customeridentification.success
      dedicatedaccount.assign.failed dedicatedaccount.assign.success
      invoice.create invoice.payment_failed invoice.update
      paymentrequest.pending paymentrequest.success
      preauthorization.capture.failed preauthorization.capture.success
      preauthorization.release.failed preauthorization.release.success
      preauthorization.reserve.success
      refund.failed refund.needs-attention refund.pending refund.processed refund.processing
      subscription.create subscription.disable subscription.expiring_cards subscription.not_renew
      transfer.failed transfer.reversed transfer.success`.split(/\s+/);

    const IGNORED = `customeridentification. dedicatedaccount. invoice. paymentrequest.
      preauthorization. refund.needs-attention subscription. transfer.`.split(/\s+/);

    it('each is either read or ignored, under exactly one entry', () => {
      const entries = (type: string) => [
        ...(PAYSTACK_EVENT_TYPES.has(type) ? [type] : []),
        ...IGNORED.filter((prefix) => type.startsWith(prefix)),
      ];
      expect(DOCUMENTED.filter((type) => entries(type).length !== 1)).toEqual([]);
    });

    it('none is read that does not exist', () => {
      const read = [...PAYSTACK_EVENT_TYPES.keys()];
      expect(read.filter((type) => !DOCUMENTED.includes(type))).toEqual([]);
    });
  });
});
