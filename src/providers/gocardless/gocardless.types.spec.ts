import { EventResourceType, PaymentStatus, RefundStatus } from 'gocardless-nodejs/types/Types';

import { GOCARDLESS_EVENT_TYPES } from './gocardless.normaliser.js';

/**
 * The official package has no list of event types, but one of resource types, and the statuses that
 * payments and refunds can have; its documentation lists the actions.
 */
describe("the table covers the official package's values", () => {
  const read = [...GOCARDLESS_EVENT_TYPES.keys()];
  const resourcesRead = new Set(read.map((type) => type.split('.')[0]));

  /** Nothing that happens to these moves a customer's payment. */
  const IGNORED =
    `billing_requests creditors customers exports instalment_schedules mandates organisations
    outbound_payments payer_authorisations payment_account_transactions payouts scheme_identifiers
    subscriptions`.split(/\s+/);

  it('each resource type is either read or ignored', () => {
    const resources: string[] = Object.values(EventResourceType);
    expect(resources.length).toBeGreaterThan(10);
    expect([...resourcesRead, ...IGNORED].sort()).toEqual(resources.sort());
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['payments', PaymentStatus, ['pending_customer_approval', 'pending_submission']],
    ['refunds', RefundStatus, ['pending_submission', 'submitted', 'cancelled']],
  ])('each status of %s is told by the event of its name, or by none', (resource, all, without) => {
    const statuses = Object.values(all);
    expect(statuses.length).toBeGreaterThan(5);
    expect(statuses).toEqual(expect.arrayContaining([...without]));
    const told = statuses.filter((status) => GOCARDLESS_EVENT_TYPES.has(`${resource}.${status}`));
    expect([...told, ...without].sort()).toEqual(statuses.sort());
  });

  /** https://developer.gocardless.com/api-reference/#event-types-payment and -refund. */
  const DOCUMENTED = [
    ...`created customer_approval_granted customer_approval_denied submitted confirmed
    chargeback_cancelled paid_out failed charged_back cancelled resubmission_requested`
      .split(/\s+/)
      .map((action) => `payments.${action}`),
    ...'created paid failed funds_returned'.split(' ').map((action) => `refunds.${action}`),
    // Of the package: a status without an event in the documentation.
    'refunds.bounced',
  ];

  it('reads what the documentation has, and nothing else', () => {
    expect(read.sort()).toEqual(DOCUMENTED.sort());
  });
});
