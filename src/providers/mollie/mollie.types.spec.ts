import { CaptureResponseStatus } from 'mollie-api-typescript/models/captureresponse.js';
import { Mode } from 'mollie-api-typescript/models/mode.js';
import { PaymentResponseStatus } from 'mollie-api-typescript/models/paymentresponse.js';
import { RefundResponseStatus } from 'mollie-api-typescript/models/refundresponse.js';
import { WebhookEventTypes } from 'mollie-api-typescript/models/webhookeventtypes.js';

import { MOLLIE_EVENT_TYPES, MOLLIE_MODES, MOLLIE_STATUSES } from './mollie.normaliser.js';

/** The official package's values are the list of what Mollie can send. */
describe("the tables cover the official package's values", () => {
  it.each<[string, object, ReadonlyMap<string, unknown>]>([
    ['mode', Mode, MOLLIE_MODES],
    ['status of a payment', PaymentResponseStatus, MOLLIE_STATUSES.payment],
    ['status of a capture', CaptureResponseStatus, MOLLIE_STATUSES.capture],
    ['status of a refund', RefundResponseStatus, MOLLIE_STATUSES.refund],
  ])('%s', (_, values, table) => {
    expect(Object.values(values).length).toBeGreaterThan(1);
    expect([...table.keys()].sort()).toEqual(Object.values(values).sort());
  });

  /** Nothing that begins with these moves a payment; `*` subscribes to all. */
  const IGNORED =
    '* balance-transaction. business-account-transfer. payment-link. payout. sales-invoice.'.split(
      ' ',
    );
  const eventTypes: string[] = Object.values(WebhookEventTypes);

  it('reads them', () => expect(eventTypes.length).toBeGreaterThan(30));

  it('each event type is either read or ignored, under exactly one entry', () => {
    const entries = (type: string) => [
      ...(MOLLIE_EVENT_TYPES.has(type) ? [type] : []),
      ...IGNORED.filter((prefix) => type.startsWith(prefix)),
    ];
    expect(eventTypes.filter((type) => entries(type).length !== 1)).toEqual([]);
    expect(IGNORED.filter((p) => !eventTypes.some((type) => type.startsWith(p)))).toEqual([]);
  });

  it('reads no event type that does not exist', () => {
    expect([...MOLLIE_EVENT_TYPES.keys()].filter((type) => !eventTypes.includes(type))).toEqual([]);
  });
});
