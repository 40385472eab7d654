import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Square } from 'square';

import {
  SQUARE_DISPUTE_STATES,
  SQUARE_EVENT_TYPES,
  SQUARE_PAYMENT_STATUSES,
  SQUARE_REFUND_STATUSES,
} from './square.normaliser.js';

/** The official package's types are the list of what Square can send. */
describe("the tables cover the official package's types", () => {
  const types = join(import.meta.dirname, '../../../node_modules/square/api/types');
  const source = (file: string) => readFileSync(join(types, file), 'utf8');

  it('the states of a dispute', () => {
    const states = Object.values(Square.DisputeState);
    expect(states.length).toBeGreaterThan(5);
    expect([...SQUARE_DISPUTE_STATES.keys()].sort()).toEqual([...states].sort());
  });

  it('the statuses of a payment, which it only describes', () => {
    const [, described = ''] =
      /Indicates whether the payment is (.*?)\. \*\/\s+status\?:/.exec(source('Payment.d.ts')) ??
      [];
    const statuses = described.match(/[A-Z_]+/g) ?? [];
    expect(statuses.length).toBeGreaterThan(3);
    expect([...SQUARE_PAYMENT_STATUSES.keys()].sort()).toEqual(statuses.sort());
  });

  it('the statuses of a refund, which it only describes', () => {
    const [, described = ''] =
      /The refund's status:([\s\S]*?)\*\/\s+status\?:/.exec(source('PaymentRefund.d.ts')) ?? [];
    const statuses = [...described.matchAll(/`([A-Z_]+)`/g)].map(([, status]) => status ?? '');
    expect(statuses.length).toBeGreaterThan(2);
    expect([...SQUARE_REFUND_STATUSES.keys()].sort()).toEqual(statuses.sort());
  });

  /** Nothing that begins with these moves a payment. */
  const IGNORED =
    `bank_account. booking. card. catalog. customer. device. dispute.evidence. gift_card. inventory.
    invoice. job. labor. location. loyalty. merchant. oauth. online_checkout. order. payout.
    subscription. team_member. terminal. transfer_order. vendor.`.split(/\s+/);

  /** Each event has an interface; most describe their type, the others' names are of the same words. */
  const eventTypes = readdirSync(types)
    .filter((file) => /^(?!LoyaltyEvent|SubscriptionEvent|CashDrawer)\w+Event\.d\.ts$/.test(file))
    .map((file) => {
      const [, described = ''] = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s+type\?:/.exec(source(file)) ?? [];
      const [stated] = /(?<=["`])[a-z_]+(\.[a-z_]+)+(?=["`])/.exec(described) ?? [];
      const words = file.replace(/Event\.d\.ts$/, '').match(/[A-Z][a-z]*/g) ?? [];
      return stated ?? words.join('.').toLowerCase();
    });

  it('reads them', () => {
    expect(eventTypes.length).toBeGreaterThan(120);
    expect(eventTypes).toEqual(
      expect.arrayContaining(['payment.updated', 'dispute.state.updated', 'gift_card.created']),
    );
  });

  it('each event type is either read or ignored, under exactly one entry', () => {
    const entries = (type: string) => [
      ...(SQUARE_EVENT_TYPES.has(type) ? [type] : []),
      ...IGNORED.filter((prefix) => type.startsWith(prefix)),
    ];
    expect(eventTypes.filter((type) => entries(type).length !== 1)).toEqual([]);
  });

  it('reads no event type that does not exist', () => {
    expect([...SQUARE_EVENT_TYPES.keys()].filter((type) => !eventTypes.includes(type))).toEqual([]);
  });
});
