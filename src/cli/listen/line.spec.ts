import { lineOf } from './line.js';

const PAYMENT =
  '"id":"019ab000","version":3,"source":"stripe","status":"captured","currency":"EUR",' +
  '"amountAuthorized":4999,"amountCaptured":90071992547409930,"amountRefunded":0,"reference":"order-42"';

const body = (type: string, payment: string, event = '{"type":"charge.succeeded"}') =>
  `{"type":"${type}","data":{"payment":{${payment}},"cause":"replay","event":${event}}}`;

it('has type, status, money, reference, source, version and cause', () => {
  expect(lineOf(body('payment.captured', PAYMENT))).toBe(
    'payment.captured            captured 900719925474099.30 EUR  order-42  stripe  019ab000 v3  charge.succeeded',
  );
});

it('says what was refunded, what is authorized only, and what caused it where that was no event', () => {
  const refunded = PAYMENT.replace('"amountRefunded":0', '"amountRefunded":1000');
  expect(lineOf(body('payment.updated', refunded))).toContain('EUR, 10.00 refunded  order-42');
  const authorized = PAYMENT.replace(/"amountCaptured":\d+/, '"amountCaptured":0')
    .replace('"captured"', '"authorized"')
    .replace('"order-42"', 'null');
  expect(lineOf(body('payment.authorized', authorized, 'null'))).toBe(
    'payment.authorized          authorized 49.99 EUR  stripe  019ab000 v3  replay',
  );
});

it('says into what a payment was merged', () => {
  const merged = '"id":"019ab001","version":2,"mergedInto":"019ab000"';
  expect(lineOf(body('payment.merged', merged))).toBe(
    'payment.merged              into 019ab000  019ab001 v2  charge.succeeded',
  );
});
