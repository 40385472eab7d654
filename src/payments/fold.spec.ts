import { isDeepStrictEqual } from 'node:util';
import { fold, sameSnapshot, type FoldedPayment } from './fold.js';
import { ordersOf } from './testing/orders.js';
import {
  authorization,
  capture,
  dispute,
  place,
  refund,
  refundTotal,
  reversal,
  type Said,
} from './testing/statements.js';

type Expected = Partial<Omit<FoldedPayment, AmountName>> & Partial<Record<AmountName, number>>;
type AmountName =
  'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'amountDisputed' | 'amountChargedBack';
interface Story {
  readonly statements: readonly Said[];
  readonly expected: Expected;
}

const declined = { code: 'card_declined', message: 'Your card was declined.' };
const returned = { code: 'R01', message: 'Insufficient funds' };

/** Amounts authorized, captured, refunded, disputed, charged back. */
function sums(
  amountAuthorized: number,
  amountCaptured: number,
  amountRefunded = 0,
  amountDisputed = 0,
  amountChargedBack = 0,
): Expected {
  return { amountAuthorized, amountCaptured, amountRefunded, amountDisputed, amountChargedBack };
}

const wholeLife = [
  authorization('authorized', 100, { at: 1 }),
  capture('succeeded', 100, { at: 2, final: true }),
  refund('succeeded', 30, { at: 3 }),
  refund('succeeded', 50, { at: 4, key: 're_2' }),
  dispute('open', 20, { at: 5 }),
];

const moneyIn: Record<string, Story> = {
  'an intent that was only created': {
    statements: [authorization('pending', 100, { at: 1 })],
    expected: { status: 'pending', ...sums(0, 0), currency: 'EUR', flags: [] },
  },
  'authorized, then captured': {
    statements: wholeLife.slice(0, 2),
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'captured without an authorization': {
    statements: [capture('succeeded', 100, { at: 1 })],
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'authorized 100, captured 60 so far': {
    statements: [authorization('authorized', 100, { at: 1 }), capture('succeeded', 60, { at: 2 })],
    expected: { status: 'partially_captured', ...sums(100, 60) },
  },
  'authorized 100, captured 60 and no more': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 60, { at: 2, final: true }),
    ],
    expected: { status: 'captured', ...sums(100, 60) },
  },
  'authorized 100, captured 60, the rest voided': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 60, { at: 2 }),
      authorization('voided', null, { at: 3 }),
    ],
    expected: { status: 'captured', ...sums(100, 60), flags: [] },
  },
  'captures that add up': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 30, { at: 2, key: 'cpt_1' }),
      capture('succeeded', 30, { at: 3, key: 'cpt_2' }),
      capture('failed', 20, { at: 4, key: 'cpt_3' }),
      capture('succeeded', 10, { at: 5, key: 'cpt_4' }),
    ],
    expected: { status: 'partially_captured', ...sums(100, 70) },
  },
  'captures that add up, the last being final': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 30, { at: 2, key: 'cpt_1' }),
      capture('succeeded', 40, { at: 3, key: 'cpt_2', final: true }),
    ],
    expected: { status: 'captured', ...sums(100, 70) },
  },
  'a running total under one key': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 60, { at: 2 }),
      capture('succeeded', 100, { at: 3 }),
    ],
    expected: { status: 'captured', ...sums(100, 100) },
  },
  'a tip captured on top': {
    statements: [authorization('authorized', 100, { at: 1 }), capture('succeeded', 115, { at: 2 })],
    expected: { status: 'captured', ...sums(100, 115), flags: ['captured_over_authorized'] },
  },
  'an authorization raised, then lowered': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      authorization('authorized', 120, { at: 2 }),
      authorization('authorized', 80, { at: 3 }),
    ],
    expected: { status: 'authorized', ...sums(80, 0) },
  },
  'an authorization told again without its amount': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      authorization('authorized', null, { at: 2 }),
    ],
    expected: { status: 'authorized', ...sums(100, 0), flags: [] },
  },
  'two attempts, the first of them abandoned': {
    statements: [
      authorization('pending', 100, { at: 1, key: 'pay_1' }),
      authorization('authorized', 100, { at: 2, key: 'pay_2' }),
    ],
    expected: { status: 'authorized', ...sums(100, 0) },
  },
  'two authorizations in force': {
    statements: [
      authorization('authorized', 70, { at: 1, key: 'pay_1' }),
      authorization('authorized', 30, { at: 2, key: 'pay_2' }),
      capture('succeeded', 70, { at: 3 }),
    ],
    expected: { status: 'partially_captured', ...sums(100, 70) },
  },
  'two failures, then success': {
    statements: [
      authorization('pending', 100, { at: 1 }),
      authorization('failed', 100, { at: 2, failure: declined }),
      authorization('failed', 100, { at: 3, failure: declined }),
      authorization('authorized', 100, { at: 4 }),
      capture('succeeded', 100, { at: 5, final: true }),
    ],
    expected: { status: 'captured', ...sums(100, 100), failure: null, flags: [] },
  },
  'authorized after a failure, not captured': {
    statements: [
      authorization('failed', null, { at: 1, failure: declined }),
      authorization('authorized', 100, { at: 2 }),
    ],
    expected: { status: 'authorized', ...sums(100, 0), failure: null },
  },
  'two failures: the later one is told': {
    statements: [
      authorization('failed', null, { at: 1, failure: returned }),
      authorization('failed', null, { at: 2, failure: declined }),
    ],
    expected: { status: 'failed', ...sums(0, 0), currency: 'XXX', failure: declined, flags: [] },
  },
  'failed and pending in one second: failed is further along': {
    statements: [
      authorization('failed', 100, { at: 1, failure: declined, eventId: 'evt_a' }),
      authorization('pending', 100, { at: 1, eventId: 'evt_b' }),
    ],
    expected: { status: 'failed', failure: declined },
  },
  'an attempt that failed after the payment succeeded': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      authorization('failed', null, { at: 2, failure: declined }),
    ],
    expected: { status: 'captured', ...sums(100, 100), failure: null },
  },
  'a capture of zero': {
    statements: [authorization('authorized', 0, { at: 1 }), capture('succeeded', 0, { at: 2 })],
    expected: { status: 'captured', ...sums(0, 0), flags: [] },
  },
};

const moneyGone: Record<string, Story> = {
  'canceled uncaptured, the release told as a refund': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      authorization('voided', 100, { at: 2 }),
      refund('succeeded', 100, { at: 2 }),
    ],
    expected: { status: 'canceled', ...sums(100, 0), flags: [] },
  },
  'expired uncaptured, the release told as a refund': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      refund('succeeded', 100, { at: 2, release: true }),
      authorization('expired', null, { at: 2 }),
    ],
    expected: { status: 'expired', ...sums(100, 0), flags: [] },
  },
  'canceled after it failed': {
    statements: [
      authorization('failed', 100, { at: 1, failure: declined }),
      authorization('voided', 100, { at: 2 }),
    ],
    expected: { status: 'canceled', ...sums(0, 0), failure: null },
  },
  'canceled, then authorized again': {
    statements: [
      authorization('voided', null, { at: 1 }),
      authorization('authorized', 100, { at: 2 }),
    ],
    expected: { status: 'authorized', ...sums(100, 0) },
  },
  'confirmed, then the bank takes it back: the capture failed': {
    statements: [
      capture('pending', null, { at: 1 }),
      capture('succeeded', 100, { at: 2 }),
      capture('failed', null, { at: 3, failure: returned }),
    ],
    expected: { status: 'failed', ...sums(0, 0), failure: returned },
  },
  'a capture reversed while the authorization is in force': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 100, { at: 2 }),
      capture('reversed', 100, { at: 3, failure: returned }),
    ],
    expected: { status: 'failed', ...sums(100, 0), failure: returned },
  },
  'one of two captures reversed': {
    statements: [
      capture('succeeded', 60, { at: 1, key: 'cpt_1' }),
      capture('succeeded', 40, { at: 2, key: 'cpt_2' }),
      capture('reversed', 40, { at: 3, key: 'cpt_2', failure: returned }),
    ],
    expected: { status: 'captured', ...sums(60, 60), failure: null },
  },
  'refunded, then the capture reversed: nothing was taken in the end': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('succeeded', 30, { at: 2 }),
      capture('reversed', 100, { at: 3 }),
    ],
    expected: { status: 'failed', ...sums(0, 0) },
  },
  'cancel-or-refund before any capture': {
    statements: [authorization('authorized', 100, { at: 1 }), reversal(100, { at: 2 })],
    expected: { status: 'canceled', ...sums(100, 0), flags: [] },
  },
  'cancel-or-refund after a capture': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 100, { at: 2, key: 'psp_1' }),
      reversal(100, { at: 3 }),
    ],
    expected: { status: 'refunded', ...sums(100, 100, 100), flags: [] },
  },
  'cancel-or-refund after a capture that failed': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('failed', 100, { at: 2, key: 'psp_1' }),
      reversal(100, { at: 3 }),
    ],
    expected: { status: 'canceled', ...sums(100, 0) },
  },
  'the refund of a cancel-or-refund fails': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 100, { at: 2, key: 'psp_1' }),
      reversal(100, { at: 3 }),
      refund('failed', 100, { at: 4, key: 'psp_2' }),
    ],
    expected: { status: 'captured', ...sums(100, 100) },
  },
};

const refunds: Record<string, Story> = {
  'a partial refund': {
    statements: wholeLife.slice(0, 3),
    expected: { status: 'partially_refunded', ...sums(100, 100, 30), flags: [] },
  },
  'two refunds': {
    statements: wholeLife.slice(0, 4),
    expected: { status: 'partially_refunded', ...sums(100, 100, 80) },
  },
  'refunded in full by two refunds': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('succeeded', 30, { at: 2 }),
      refund('succeeded', 70, { at: 3, key: 're_2' }),
    ],
    expected: { status: 'refunded', ...sums(100, 100, 100), flags: [] },
  },
  'more refunded than captured': {
    statements: [capture('succeeded', 100, { at: 1 }), refund('succeeded', 110, { at: 2 })],
    expected: { status: 'refunded', ...sums(100, 100, 110), flags: ['refunded_over_captured'] },
  },
  'a refund under way': {
    statements: [capture('succeeded', 100, { at: 1 }), refund('pending', 100, { at: 2 })],
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'a refund that came back': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('succeeded', 100, { at: 2 }),
      refund('failed', null, { at: 9, born: 2 }),
    ],
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'a refund, its total, and its failure': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('pending', 30, { at: 2, born: 2 }),
      refund('succeeded', 30, { at: 3, born: 2 }),
      refundTotal(30, { at: 3 }),
      refund('failed', 30, { at: 4, born: 2 }),
    ],
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'a total of 50 of which only 20 were seen': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('succeeded', 20, { at: 3, key: 're_2' }),
      refundTotal(50, { at: 3 }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 100, 50) },
  },
  'a total, then a refund made after it': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refundTotal(50, { at: 3 }),
      refund('succeeded', 20, { at: 4, born: 4 }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 100, 70) },
  },
  'a total with a refund that is still under way': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refundTotal(30, { at: 3 }),
      refund('pending', 30, { at: 2 }),
    ],
    expected: { status: 'captured', ...sums(100, 100) },
  },
  'totals of 10 and 30 in one second, the greater first by event id': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refundTotal(10, { at: 2, eventId: 'evt_Z' }),
      refundTotal(30, { at: 2, eventId: 'evt_B' }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 100, 30) },
  },
  'totals of two charges': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refundTotal(10, { at: 2 }),
      refundTotal(30, { at: 2, key: 'ch_2' }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 100, 40) },
  },
  'captured 60 of 100, the rest released as a refund of 40': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 60, { at: 2, final: true, releaseAmount: 40 }),
      refundTotal(0, { at: 2 }),
      refund('succeeded', 40, { at: 2 }),
    ],
    expected: { status: 'captured', ...sums(100, 60), flags: [] },
  },
  'the rest released, then a real refund of as much': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 60, { at: 2, final: true, releaseAmount: 40 }),
      refund('succeeded', 40, { at: 2, key: 're_9' }),
      refund('succeeded', 40, { at: 3, key: 're_1' }),
      refundTotal(40, { at: 3 }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 60, 40), flags: [] },
  },
  'the rest released, then a refund of as much that failed': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      refund('failed', 40, { at: 4, born: 3, key: 're_1' }),
      refund('succeeded', 40, { at: 2, key: 're_2' }),
      capture('succeeded', 60, { at: 2, final: true, releaseAmount: 40 }),
    ],
    expected: { status: 'captured', ...sums(100, 60, 0) },
  },
  'the rest released, and in the same second a refund of as much that failed': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      refund('failed', 40, { at: 3, born: 2, key: 're_2' }),
      refund('succeeded', 40, { at: 2, key: 're_1' }),
      capture('succeeded', 60, { at: 2, final: true, releaseAmount: 40 }),
    ],
    expected: { status: 'captured', ...sums(100, 60, 0) },
  },
  'a release that a later capture took back': {
    statements: [
      capture('succeeded', 60, { at: 2, releaseAmount: 40 }),
      capture('succeeded', 100, { at: 3, releaseAmount: 0 }),
      refund('succeeded', 40, { at: 4 }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 100, 40) },
  },
  'a refund before its charge and its intent': {
    statements: [
      refund('succeeded', 30, { at: 3, refs: ['re:1', 'ch:1'] }),
      capture('succeeded', 100, { at: 2, refs: ['ch:1', 'pi:1'], final: true }),
      authorization('authorized', 100, { at: 1 }),
    ],
    expected: {
      status: 'partially_refunded',
      ...sums(100, 100, 30),
      flags: [],
      refs: ['ch:1', 'pi:1', 're:1'],
    },
  },
  'a refund whose payment was never seen': {
    statements: [refund('succeeded', 30, { at: 3 })],
    expected: { status: 'partially_refunded', ...sums(0, 0, 30), flags: ['missing_parent'] },
  },
  'a total whose payment was never seen': {
    statements: [refundTotal(30, { at: 3 })],
    expected: { status: 'partially_refunded', ...sums(0, 0, 30), flags: ['missing_parent'] },
  },
  'a failed refund whose payment was never seen': {
    statements: [refund('pending', 30, { at: 3 }), refund('failed', 30, { at: 4 })],
    expected: { status: 'pending', ...sums(0, 0), flags: ['missing_parent'], failure: null },
  },
  'an orphan healed by an attempt that took nothing': {
    statements: [refund('succeeded', 30, { at: 3 }), authorization('voided', 100, { at: 2 })],
    expected: { status: 'canceled', ...sums(0, 0), flags: [] },
  },
};

const disputes: Record<string, Story> = {
  'a dispute opened after refunds': {
    statements: wholeLife,
    expected: { status: 'disputed', ...sums(100, 100, 80, 20), flags: [] },
  },
  'a dispute won after refunds': {
    statements: [...wholeLife, dispute('won', 20, { at: 6 })],
    expected: { status: 'partially_refunded', ...sums(100, 100, 80), flags: [] },
  },
  'a dispute lost in part': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('open', 20, { at: 2 }),
      dispute('lost', 20, { at: 3 }),
    ],
    expected: { status: 'charged_back', ...sums(100, 100, 0, 0, 20), flags: [] },
  },
  'a dispute lost, the amount stated only when it opened': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('open', 20, { at: 2 }),
      dispute('lost', null, { at: 3 }),
    ],
    expected: { status: 'charged_back', ...sums(100, 100, 0, 0, 20), flags: [] },
  },
  'a dispute won, then a refund': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('open', 100, { at: 2 }),
      dispute('won', 100, { at: 3 }),
      refund('succeeded', 100, { at: 4 }),
    ],
    expected: { status: 'refunded', ...sums(100, 100, 100), flags: [] },
  },
  'an inquiry': {
    statements: [capture('succeeded', 100, { at: 1 }), dispute('inquiry', 100, { at: 2 })],
    expected: { status: 'captured', ...sums(100, 100), flags: [] },
  },
  'an inquiry that became a dispute': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('inquiry', 100, { at: 2 }),
      dispute('open', 100, { at: 3 }),
    ],
    expected: { status: 'disputed', ...sums(100, 100, 0, 100) },
  },
  'a chargeback reversed, then a second one': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('lost', 100, { at: 2 }),
      dispute('won', 100, { at: 3 }),
      dispute('lost', 100, { at: 4 }),
    ],
    expected: { status: 'charged_back', ...sums(100, 100, 0, 0, 100) },
  },
  'one dispute lost and another open': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      dispute('lost', 20, { at: 2 }),
      dispute('open', 30, { at: 3, key: 'dp_2' }),
    ],
    expected: { status: 'charged_back', ...sums(100, 100, 0, 30, 20) },
  },
  'a refund and a chargeback of the same loss': {
    statements: [
      capture('succeeded', 100, { at: 1 }),
      refund('succeeded', 100, { at: 2 }),
      dispute('lost', 100, { at: 3 }),
    ],
    expected: { status: 'charged_back', ...sums(100, 100, 100, 0, 100), flags: [] },
  },
  'won before opened, no times stated': {
    statements: [
      capture('succeeded', 100),
      dispute('won', 100, { eventId: 'evt_a' }),
      dispute('open', 100, { eventId: 'evt_b' }),
    ],
    expected: { status: 'captured', ...sums(100, 100), occurredAt: 0 },
  },
  'a dispute whose payment was never seen': {
    statements: [dispute('open', 100, { at: 1 })],
    expected: { status: 'disputed', ...sums(0, 0, 0, 100), flags: ['missing_parent'] },
  },
  'a won dispute whose payment was never seen': {
    statements: [dispute('open', 100, { at: 1 }), dispute('won', 100, { at: 2 })],
    expected: { status: 'pending', ...sums(0, 0), flags: ['missing_parent'] },
  },
  'an inquiry whose payment was never seen': {
    statements: [dispute('inquiry', 100, { at: 1 })],
    expected: { status: 'pending', ...sums(0, 0), flags: [] },
  },
};

const summaries: Record<string, Story> = {
  'only the summary tells of the capture': {
    statements: [capture('succeeded', 100, { at: 1, key: 'implied:tr_1', implied: true })],
    expected: { status: 'captured', ...sums(100, 100) },
  },
  'the summary and the capture itself': {
    statements: [
      capture('succeeded', 100, { at: 1, key: 'implied:tr_1', implied: true }),
      capture('succeeded', 60, { at: 2, key: 'cpt_1' }),
    ],
    expected: { status: 'captured', ...sums(60, 60) },
  },
  'the summary and a capture that is under way': {
    statements: [
      capture('succeeded', 100, { at: 1, key: 'implied:tr_1', implied: true }),
      capture('pending', 100, { at: 2, key: 'cpt_1' }),
    ],
    expected: { status: 'captured', ...sums(100, 100) },
  },
  'the summary and a capture that failed': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 100, { at: 1, key: 'implied:tr_1', implied: true }),
      capture('failed', 100, { at: 2, key: 'cpt_1' }),
    ],
    expected: { status: 'authorized', ...sums(100, 0) },
  },
};

const currencies: Record<string, Story> = {
  'a refund in another currency': {
    statements: [
      capture('succeeded', 100, { at: 2 }),
      refund('succeeded', 110, { at: 3, currency: 'USD' }),
    ],
    expected: {
      status: 'partially_refunded',
      currency: 'EUR',
      ...sums(100, 100),
      flags: ['currency_mismatch'],
    },
  },
  'a chargeback in another currency, told first': {
    statements: [
      dispute('lost', 110, { at: 1, currency: 'USD' }),
      capture('succeeded', 100, { at: 2 }),
    ],
    expected: {
      status: 'charged_back',
      currency: 'EUR',
      ...sums(100, 100),
      flags: ['currency_mismatch'],
    },
  },
  'authorized in one currency, captured in another': {
    statements: [
      authorization('authorized', 100, { at: 1, currency: 'USD' }),
      capture('succeeded', 90, { at: 2 }),
    ],
    expected: { status: 'captured', currency: 'EUR', ...sums(0, 90), flags: ['currency_mismatch'] },
  },
  'a foreign authorization whose void is not': {
    statements: [
      authorization('authorized', 100, { at: 1, currency: 'USD' }),
      authorization('voided', 90, { at: 2 }),
      capture('succeeded', 90, { at: 3 }),
    ],
    expected: { status: 'captured', currency: 'EUR', ...sums(0, 90), flags: ['currency_mismatch'] },
  },
  'captured in two currencies, refunded in one of them': {
    statements: [
      capture('succeeded', 100, { at: 1, key: 'cpt_1' }),
      capture('succeeded', 50, { at: 2, key: 'cpt_2', currency: 'USD' }),
      refund('succeeded', 100, { at: 3 }),
    ],
    expected: {
      status: 'partially_refunded',
      ...sums(100, 100, 100),
      flags: ['currency_mismatch'],
    },
  },
  'an amount without a currency beside one with': {
    statements: [
      capture('succeeded', 100, { at: 1, key: 'cpt_1', currency: 'XXX' }),
      capture('succeeded', 100, { at: 2, key: 'cpt_2' }),
    ],
    expected: { currency: 'EUR', ...sums(100, 100), flags: ['currency_mismatch'] },
  },
  'amounts without a currency': {
    statements: [
      capture('succeeded', 100, { at: 1, currency: 'XXX' }),
      refund('succeeded', 40, { at: 2, currency: 'XXX' }),
    ],
    expected: { status: 'partially_refunded', currency: 'XXX', ...sums(100, 100, 40), flags: [] },
  },
  'two currencies in one event: the one that it said first': {
    statements: [
      capture('succeeded', 100, { at: 1, key: 'cpt_1', eventId: 'evt_1', currency: 'USD' }),
      capture('succeeded', 50, { at: 1, key: 'cpt_2', eventId: 'evt_1' }),
      capture('succeeded', 20, { at: 1, key: 'cpt_3', eventId: 'evt_1' }),
    ],
    expected: { currency: 'USD', ...sums(100, 100), flags: ['currency_mismatch'] },
  },
  'a failure without an amount': {
    statements: [
      authorization('failed', null, { at: 1 }),
      authorization('authorized', 100, { at: 2 }),
    ],
    expected: { currency: 'EUR', flags: [] },
  },
};

const amountless: Record<string, Story> = {
  'a provider that states no amounts: paid': {
    statements: [capture('pending', null, { at: 1 }), capture('succeeded', null, { at: 2 })],
    expected: { status: 'captured', currency: 'XXX', ...sums(0, 0), flags: ['amount_unknown'] },
  },
  'a provider that states no amounts: refunded': {
    statements: [capture('succeeded', null, { at: 2 }), refund('succeeded', null, { at: 3 })],
    expected: { status: 'partially_refunded', ...sums(0, 0), flags: ['amount_unknown'] },
  },
  'a provider that states no amounts: charged back, then not': {
    statements: [
      capture('succeeded', null, { at: 2 }),
      dispute('lost', null, { at: 3 }),
      dispute('won', null, { at: 4 }),
    ],
    expected: { status: 'captured', flags: ['amount_unknown'] },
  },
  'a full refund of a capture, and one of unknown amount': {
    statements: [
      capture('succeeded', 100, { at: 2 }),
      refund('succeeded', 100, { at: 3 }),
      refund('succeeded', null, { at: 4, key: 're_2' }),
    ],
    expected: {
      status: 'partially_refunded',
      ...sums(100, 100, 100),
      flags: ['amount_unknown'],
    },
  },
  'a refund of unknown amount where nothing was taken': {
    statements: [authorization('voided', 100, { at: 2 }), refund('succeeded', null, { at: 2 })],
    expected: { status: 'canceled', ...sums(0, 0), flags: [] },
  },
  'a failed attempt of unknown amount': {
    statements: [authorization('failed', null, { at: 1 })],
    expected: { status: 'failed', flags: [] },
  },
};

const theRest: Record<string, Story> = {
  'the reference is the latest that an authorization states': {
    statements: [
      authorization('authorized', 100, { at: 1, reference: 'order-1' }),
      authorization('authorized', 100, { at: 2, reference: 'order-2' }),
      authorization('voided', null, { at: 3 }),
      capture('succeeded', 100, { at: 4, reference: 'capture' }),
      refund('succeeded', 10, { at: 5, reference: 'refund' }),
      dispute('open', 10, { at: 6, reference: 'dispute' }),
    ],
    expected: { reference: 'order-2' },
  },
  'the reference is a capture’s where no authorization states one': {
    statements: [
      authorization('authorized', 100, { at: 1 }),
      capture('succeeded', 100, { at: 2, reference: 'order-1' }),
      refund('succeeded', 10, { at: 3, reference: 'refund' }),
    ],
    expected: { reference: 'order-1' },
  },
  'two references in one second: the greater event id by bytes': {
    statements: [
      authorization('authorized', 100, { at: 1, reference: 'order-1', eventId: 'evt_é' }),
      authorization('pending', 100, { at: 1, reference: 'order-2', eventId: 'evt_z' }),
    ],
    expected: { reference: 'order-1' },
  },
  'refunds, disputes and cancel-or-refunds set no reference': {
    statements: [
      refund('succeeded', 10, { at: 1, reference: 'refund' }),
      dispute('inquiry', 10, { at: 2, reference: 'dispute' }),
      reversal(10, { at: 3, reference: 'reversal' }),
    ],
    expected: { reference: null },
  },
  'occurredAt is the least time that was stated': {
    statements: [
      authorization('pending', 100),
      authorization('authorized', 100, { at: 7 }),
      capture('succeeded', 100, { at: 5 }),
    ],
    expected: { occurredAt: 5 },
  },
  'refs and groups are united and sorted by bytes': {
    statements: [
      authorization('authorized', 100, { refs: ['pi:é', 'pi:z'], groups: ['order:2'] }),
      capture('succeeded', 100, { refs: ['pi:z', 'ch:1'], groups: ['order:1', 'order:2'] }),
    ],
    expected: { refs: ['ch:1', 'pi:z', 'pi:é'], groups: ['order:1', 'order:2'] },
  },
  'only what failed has a failure': {
    statements: [
      authorization('failed', 100, { at: 1, failure: declined }),
      authorization('voided', null, { at: 2, failure: declined }),
    ],
    expected: { status: 'canceled', failure: null },
  },
  'one event that says several things': {
    statements: [
      capture('succeeded', 60, { at: 2, eventId: 'evt_1', releaseAmount: 40 }),
      refundTotal(10, { at: 2, eventId: 'evt_1' }),
      authorization('authorized', 100, { at: 1 }),
    ],
    expected: { status: 'partially_refunded', ...sums(100, 60, 10) },
  },
};

describe('fold', () => {
  describe.each([
    ['money in', moneyIn],
    ['money that did not come, or went again', moneyGone],
    ['refunds', refunds],
    ['disputes', disputes],
    ['summaries', summaries],
    ['currencies', currencies],
    ['amounts nobody stated', amountless],
    ['the rest', theRest],
  ])('%s, in every order and repeated', (_, stories) => {
    it.each(Object.entries(stories))('%s', (_name, { statements, expected }) => {
      const placed = place(statements);
      const first = fold(placed);
      expect(withNumbers(first)).toMatchObject(expected);
      for (const order of ordersOf(placed)) {
        const twice = [...order, ...order.toReversed()];
        // Without an assertion of Jest for each order, of which there are thousands.
        if (isDeepStrictEqual(fold(order), first) && isDeepStrictEqual(fold(twice), first))
          continue;
        expect({ order, folded: fold(order), repeated: fold(twice) }).toEqual({
          order,
          folded: first,
          repeated: first,
        });
      }
    });
  });

  it('sums beyond what a double can hold', () => {
    const most = 2n ** 53n - 1n;
    const folded = fold(
      place([
        capture('succeeded', most, { key: 'cpt_1' }),
        capture('succeeded', most, { key: 'cpt_2' }),
        refund('succeeded', most),
        refund('succeeded', most - 1n, { key: 're_2' }),
      ]),
    );
    expect(folded).toMatchObject({
      status: 'partially_refunded',
      amountCaptured: 18_014_398_509_481_982n,
      amountRefunded: 18_014_398_509_481_981n,
      flags: [],
    });
  });

  it('gives an emptied payment neither money nor name', () => {
    expect(fold([])).toEqual({
      status: 'pending',
      currency: 'XXX',
      amountAuthorized: 0n,
      amountCaptured: 0n,
      amountRefunded: 0n,
      amountDisputed: 0n,
      amountChargedBack: 0n,
      reference: null,
      failure: null,
      flags: [],
      refs: [],
      groups: [],
      occurredAt: 0,
    });
  });
});

describe('sameSnapshot', () => {
  const snapshot = fold(
    place([
      authorization('failed', 100, { failure: declined, reference: 'order-1' }),
      refund('succeeded', 10),
    ]),
  );

  it('holds for two folds of the same statements, whatever their refs, groups and times', () => {
    const elsewhere = { ...snapshot, refs: ['pi:2'], groups: ['order:1'], occurredAt: 5 };
    expect(sameSnapshot(snapshot, structuredClone(elsewhere))).toBe(true);
    const flagged = { ...snapshot, flags: ['amount_unknown' as const, 'missing_parent' as const] };
    expect(sameSnapshot(flagged, structuredClone(flagged))).toBe(true);
  });

  it.each([
    ['status', 'expired'],
    ['currency', 'USD'],
    ['amountAuthorized', 1n],
    ['amountCaptured', 1n],
    ['amountRefunded', 1n],
    ['amountDisputed', 1n],
    ['amountChargedBack', 1n],
    ['reference', null],
    ['failure', null],
    ['failure', { code: null, message: declined.message }],
    ['failure', { code: declined.code, message: null }],
    ['flags', ['missing_parent']],
  ])('sees another %s', (name, value) => {
    const other = { ...snapshot, [name]: value };
    expect(sameSnapshot(snapshot, other)).toBe(false);
    expect(sameSnapshot(other, snapshot)).toBe(false);
  });

  it('tells a failure that says nothing from none', () => {
    const silent = { ...snapshot, failure: { code: null, message: null } };
    expect(sameSnapshot(silent, { ...snapshot, failure: null })).toBe(false);
  });

  it('sees another flag in the place of one', () => {
    const one = { ...snapshot, flags: ['amount_unknown' as const] };
    const other = { ...snapshot, flags: ['missing_parent' as const] };
    expect(sameSnapshot(one, other)).toBe(false);
  });
});

/** Amounts as numbers: the stories stay readable. Larger ones have a test of their own. */
function withNumbers(folded: FoldedPayment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(folded).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : (value as unknown),
    ]),
  );
}
