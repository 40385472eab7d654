import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EventName } from '@paddle/paddle-node-sdk';

import { isoExponent } from '../currencies.js';
import {
  PADDLE_ADJUSTMENT_ACTIONS,
  PADDLE_CHARGEBACK_STATUSES,
  PADDLE_EVENT_TYPES,
  PADDLE_REFUND_STATUSES,
  PADDLE_TRANSACTION_STATUSES,
} from './paddle.normaliser.js';

/** The official package's types are the list of what Paddle can send. */
describe("the tables cover the official package's types", () => {
  const enums = join(
    import.meta.dirname,
    '../../../node_modules/@paddle/paddle-node-sdk/dist/types/enums',
  );
  /** The members of a union of literals. */
  const union = (file: string, name: string) => {
    const source = readFileSync(join(enums, file), 'utf8');
    const members = new RegExp(`^export type ${name} = (.*);$`, 'm').exec(source)?.[1] ?? '';
    return [...members.matchAll(/'(\w+)'/g)].map(([, literal]) => literal ?? '');
  };

  it.each([
    ['shared/transaction-status.d.ts', 'TransactionStatus', PADDLE_TRANSACTION_STATUSES],
    ['adjustment/adjustment-action.d.ts', 'AdjustmentAction', PADDLE_ADJUSTMENT_ACTIONS],
    ['adjustment/adjustment-status.d.ts', 'AdjustmentStatus', PADDLE_REFUND_STATUSES],
    ['adjustment/adjustment-status.d.ts', 'AdjustmentStatus', PADDLE_CHARGEBACK_STATUSES],
  ])('%s %s', (file, name, table) => {
    const values = union(file, name);
    expect(values.length).toBeGreaterThan(2);
    expect([...table.keys()].sort()).toEqual(values.sort());
  });

  it('every currency is one of ours', () => {
    const currencies = union('shared/currency-code.d.ts', 'CurrencyCode');
    expect(currencies.length).toBeGreaterThan(20);
    expect(currencies.filter((code) => isoExponent(code) === null)).toEqual([]);
  });

  /** Nothing that begins with these moves a payment. */
  const IGNORED =
    `address. api_key. api_key_exposure. business. client_token. customer. discount. discount_group.
    payment_method. payout. price. product. report. subscription.`.split(/\s+/);
  const eventTypes = Object.values(EventName) as string[];

  it('reads them', () => expect(eventTypes.length).toBeGreaterThan(40));

  it('each event type is either read or ignored, under exactly one entry', () => {
    const entries = (type: string) => [
      ...(PADDLE_EVENT_TYPES.has(type) ? [type] : []),
      ...IGNORED.filter((prefix) => type.startsWith(prefix)),
    ];
    expect(eventTypes.filter((type) => entries(type).length !== 1)).toEqual([]);
  });

  it('reads no event type that does not exist', () => {
    expect([...PADDLE_EVENT_TYPES.keys()].filter((type) => !eventTypes.includes(type))).toEqual([]);
  });
});
