import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isoExponent } from '../currencies.js';
import {
  RAZORPAY_DISPUTE_PHASES,
  RAZORPAY_DISPUTE_STATUSES,
  RAZORPAY_EVENT_TYPES,
  RAZORPAY_EXPONENTS,
  RAZORPAY_PAYMENT_STATUSES,
  RAZORPAY_REFUND_STATUSES,
} from './razorpay.normaliser.js';

/** The official package lists the statuses of payments and refunds, and nothing else of what is read. */
describe("the tables cover the official package's types", () => {
  const types = join(import.meta.dirname, '../../../node_modules/razorpay/dist/types');
  const source = (file: string) => readFileSync(join(types, file), 'utf8');
  /** The text of an interface. */
  const interfaceOf = (file: string, name: string) =>
    source(file)
      .split(`interface ${name} `)[1]
      ?.split(/\n {4}}/)[0] ?? '';
  const statusesOf = (text: string) => {
    const [, union = ''] = /^ {8}status: (.*?)[;,]$/m.exec(text) ?? [];
    return [...union.matchAll(/'(\w+)'/g)].map(([, status]) => status ?? '');
  };

  it.each([
    ['payments.d.ts', 'RazorpayPayment', RAZORPAY_PAYMENT_STATUSES],
    ['refunds.d.ts', 'RazorpayRefund', RAZORPAY_REFUND_STATUSES],
  ])('%s %s', (file, name, table) => {
    const statuses = statusesOf(interfaceOf(file, name));
    expect(statuses.length).toBeGreaterThan(2);
    expect([...table.keys()].sort()).toEqual(statuses.sort());
  });

  it('a dispute has neither its statuses nor its phases there', () => {
    const dispute = interfaceOf('disputes.d.ts', 'RazorpayDispute');
    expect(dispute).toMatch(/^ {8}status: string;$/m);
    expect(dispute).toMatch(/^ {8}phase: string;$/m);
  });

  it('events are not listed there', () => {
    expect(source('webhooks.d.ts')).toMatch(/^ {8}events: any;$/m);
  });
});

/** Written down from the pages that are named, for what the package lacks. */
describe('the tables cover what is documented', () => {
  it('the statuses of a dispute: https://razorpay.com/docs/payments/disputes/#dispute-states', () => {
    expect([...RAZORPAY_DISPUTE_STATUSES.keys()].sort()).toEqual(
      ['open', 'under_review', 'won', 'lost', 'closed'].sort(),
    );
  });

  it('its phases: https://razorpay.com/docs/payments/disputes/#dispute-phases', () => {
    expect([...RAZORPAY_DISPUTE_PHASES.keys()].sort()).toEqual(
      ['fraud', 'retrieval', 'chargeback', 'pre_arbitration', 'arbitration'].sort(),
    );
  });

  describe('events: https://razorpay.com/docs/webhooks/all', () => {
    const DOCUMENTED = `order.paid
      payment.authorized payment.captured payment.failed
      payment.downtime.started payment.downtime.resolved payment.downtime.updated
      refund.created refund.processed refund.failed refund.speed_changed
      payment.dispute.created payment.dispute.won payment.dispute.lost payment.dispute.closed
      payment.dispute.under_review payment.dispute.action_required
      invoice.partially_paid invoice.paid invoice.expired
      subscription.authenticated subscription.activated subscription.charged subscription.completed
      subscription.updated subscription.pending subscription.halted subscription.cancelled
      subscription.paused subscription.resumed
      transfer.processed transfer.failed settlement.processed
      product.route.under_review product.route.needs_clarification product.route.activated
      qr_code.created qr_code.credited qr_code.closed
      virtual_account.created virtual_account.credited virtual_account.closed
      payment_link.paid payment_link.partially_paid payment_link.cancelled payment_link.expired
      account.app.authorization_revoked
      payout.pending payout.rejected payout.queued payout.initiated payout.processed payout.updated
      payout.reversed payout.failed payout.downtime.started payout.downtime.resolved
      fund_account.validation.completed fund_account.validation.failed
      payout_link.pending payout_link.issued payout_link.processing payout_link.processed
      payout_link.attempted payout_link.cancelled`.split(/\s+/);

    /** Nothing that begins with these moves a payment, or what moves is told by the payment itself. */
    const IGNORED = `account. fund_account. invoice.expired invoice.partially_paid payment.downtime.
      payment_link.cancelled payment_link.expired payment_link.partially_paid payout. payout_link.
      product. qr_code. settlement. subscription. transfer. virtual_account.`.split(/\s+/);

    it('each is either read or ignored, under exactly one entry', () => {
      const entries = (type: string) => [
        ...(RAZORPAY_EVENT_TYPES.has(type) ? [type] : []),
        ...IGNORED.filter((prefix) => type.startsWith(prefix)),
      ];
      expect(DOCUMENTED.filter((type) => entries(type).length !== 1)).toEqual([]);
    });

    it('none is read that does not exist', () => {
      const read = [...RAZORPAY_EVENT_TYPES.keys()];
      expect(read.filter((type) => !DOCUMENTED.includes(type))).toEqual([]);
    });
  });

  it('exponents: https://razorpay.com/docs/payments/international-payments/#supported-currencies', () => {
    const documented = {
      0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
      2:
        'AED ALL AMD AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BZD CAD CHF CNY COP ' +
        'CRC CUP CVE CZK DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF ' +
        'IDR ILS INR JMD KES KGS KHR KYD KZT LAK LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR ' +
        'MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SCR SEK ' +
        'SGD SLL SOS SVC SZL THB TRY TTD TWD TZS UAH USD UYU UZS XCD YER ZAR ZMW',
      3: 'BHD IQD JOD KWD OMR TND',
    };
    for (const [exponent, codes] of Object.entries(documented)) {
      const other = codes
        .split(' ')
        .filter((code) => (RAZORPAY_EXPONENTS[code] ?? isoExponent(code)) !== Number(exponent));
      expect(other).toEqual([]);
    }
  });
});
