import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  STRIPE_CANCELLATION_REASONS,
  STRIPE_CHARGE_STATUSES,
  STRIPE_DISPUTE_STATUSES,
  STRIPE_EVENT_TYPES,
  STRIPE_INTENT_STATUSES,
  STRIPE_REFUND_STATUSES,
} from './stripe.normaliser.js';

/** The official package's types are the list of what Stripe can send. */
describe("the tables cover the official package's types", () => {
  const types = join(import.meta.dirname, '../../../node_modules/stripe/esm/resources');
  const source = (file: string) => readFileSync(join(types, file), 'utf8');
  const literals = (text = '') =>
    [...text.matchAll(/'([a-z0-9_.]+)'/g)].map(([, literal]) => literal ?? '');
  /** The members of a union that is declared directly in an object's namespace. */
  const union = (file: string, name: string) =>
    literals(new RegExp(`^    type ${name} = (.*);$`, 'm').exec(source(file))?.[1]);

  it.each([
    ['PaymentIntents.d.ts', 'Status', STRIPE_INTENT_STATUSES],
    ['PaymentIntents.d.ts', 'CancellationReason', STRIPE_CANCELLATION_REASONS],
    ['Charges.d.ts', 'Status', STRIPE_CHARGE_STATUSES],
    ['Disputes.d.ts', 'Status', STRIPE_DISPUTE_STATUSES],
  ])('%s %s', (file, name, table) => {
    const values = union(file, name);
    expect(values.length).toBeGreaterThan(2);
    expect([...table.keys()].sort()).toEqual(values.sort());
  });

  it('the status of a refund, which the package only describes', () => {
    const description = /Status of the refund\. This can be (.*?)\./.exec(source('Refunds.d.ts'));
    const values = [...(description?.[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, v]) => v ?? '');
    expect(values.length).toBeGreaterThan(2);
    expect([...STRIPE_REFUND_STATUSES.keys()].sort()).toEqual(values.sort());
  });

  /** Nothing that begins with these moves a payment. */
  const IGNORED =
    `account. application_fee. apps. balance. balance_settings. billing. billing_portal.
    capability. cash_balance. checkout.session. climate. coupon. credit_note. customer.
    customer_cash_balance_transaction. entitlements. file. financial_connections. identity. invoice.
    invoice_payment. invoiceitem. issuing_authorization. issuing_card. issuing_cardholder.
    issuing_dispute. issuing_personalization_design. issuing_token. issuing_transaction. mandate.
    payment_link. payment_method. payout. person. plan. price. product. promotion_code. quote. radar.
    reporting. reserve. review. setup_intent. sigma. source. subscription_schedule. tax. tax_rate.
    terminal. test_helpers. three_d_secure. topup. transfer. treasury.`.split(/\s+/);

  const eventTypes = [
    ...new Set(
      [...source('Events.d.ts').matchAll(/^ {4}type: '([a-z0-9_.]+)';$/gm)].map(([, t]) => t ?? ''),
    ),
  ];

  it('reads them', () => expect(eventTypes.length).toBeGreaterThan(200));

  it('each event type is either read or ignored, under exactly one entry', () => {
    const entries = (type: string) => [
      ...(STRIPE_EVENT_TYPES.has(type) ? [type] : []),
      ...IGNORED.filter((prefix) => type.startsWith(prefix)),
    ];
    expect(eventTypes.filter((type) => entries(type).length !== 1)).toEqual([]);
  });

  it('reads no event type that does not exist', () => {
    expect([...STRIPE_EVENT_TYPES.keys()].filter((type) => !eventTypes.includes(type))).toEqual([]);
  });
});
