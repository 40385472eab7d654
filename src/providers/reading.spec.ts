import { IsOptional } from 'class-validator';

import { JsonNumber, type JsonValue } from '../json/json.js';
import { statement } from '../payments/statement.js';
import { IsId } from './dto.js';
import { minorToIso } from './money.js';
import {
  byValue,
  meaningOf,
  merchantReference,
  namedIds,
  readAs,
  type Unusable,
  unusable,
  usableMoney,
} from './reading.js';

/** What an Unusable says, or that there was none. */
function refusal(act: () => unknown) {
  const { code, errors } = catching(act);
  return [code, ...errors.map(({ field }) => field)];
}

function catching(act: () => unknown): Unusable {
  try {
    act();
  } catch (error) {
    return error as Unusable;
  }
  throw new Error('nothing was thrown');
}

describe('meaningOf', () => {
  const said = statement('capture', 'c1', 'succeeded', { at: 0, refs: ['payment:p1'] });

  it('is applied with statements, and ignored without', () => {
    expect(meaningOf(() => [said])).toEqual({ status: 'applied', statements: [said] });
    expect(meaningOf(() => [])).toEqual({ status: 'ignored' });
  });

  it('is quarantined by the first thing that cannot be used', () => {
    const meaning = meaningOf(() => {
      throw unusable('no_ref', 'data.id', 'must name a payment');
    });
    expect(meaning).toEqual({
      status: 'quarantined',
      code: 'no_ref',
      errors: [{ field: 'data.id', message: 'must name a payment' }],
    });
  });

  it('hides no fault of ours', () => {
    const fault = new TypeError('undefined is not a function');
    expect(() =>
      meaningOf(() => {
        throw fault;
      }),
    ).toThrow(fault);
  });
});

describe('readAs', () => {
  class ThingDto {
    @IsId() id!: string;
    @IsOptional() @IsId() other?: string | null;
  }

  it('gives the DTO', () => {
    expect(readAs(ThingDto, { id: 'a', more: 'b' }, 'data')).toEqual({ id: 'a' });
  });

  it('names every field by its path in the body', () => {
    expect(refusal(() => readAs(ThingDto, { other: '' }, 'data.object'))).toEqual([
      'validation_failed',
      'data.object.id',
      'data.object.other',
    ]);
    expect(refusal(() => readAs(ThingDto, { id: 'a\0' }, ''))).toEqual(['id_invalid', 'id']);
  });
});

describe('byValue', () => {
  const table = new Map([
    ['PAID', 1],
    ['LOST', 0],
  ]);

  it('gives what the table has', () => {
    expect(byValue(table, 'LOST', 'status')).toBe(0);
  });

  it.each(['paid', '', 'constructor'])('has no default for %j', (value) => {
    const error = catching(() => byValue(table, value, 'data.status'));
    expect(error).toMatchObject({ code: 'unknown_status', errors: [{ field: 'data.status' }] });
    expect(error.errors[0]?.message).toContain('PAID, LOST');
  });
});

describe('usableMoney', () => {
  const read = (text: string, currency: string) =>
    usableMoney(minorToIso(text, currency, { ISK: 2 }), 'data', {
      amount: 'sum',
      currency: 'code',
    });

  it('gives amount and currency', () => {
    expect(read('4999', 'eur')).toEqual({ amount: 4999n, currency: 'EUR' });
  });

  it('blames the currency for what is none, and the amount for everything else', () => {
    expect(refusal(() => read('1', 'ZZZ'))).toEqual(['currency_unknown', 'data.code']);
    expect(refusal(() => read('150', 'ISK'))).toEqual(['amount_inexact', 'data.sum']);
    expect(refusal(() => read('-1', 'EUR'))).toEqual(['validation_failed', 'data.sum']);
  });
});

it('namedIds leaves out what is not stated', () => {
  expect(namedIds({ a: '1', b: null, c: undefined, d: '2' })).toEqual(['a:1', 'd:2']);
});

describe('merchantReference', () => {
  const keys = ['reference', 'order_id'];

  it.each([
    [undefined, null],
    [null, null],
    ['reference', null],
    [[{ reference: 'a' }], null],
    [{}, null],
    [{ order: 'c' }, null],
    [{ reference: 'a', order_id: 'b' }, 'a'],
    [{ reference: null, order_id: 'b' }, 'b'],
    [{ reference: '', order_id: 'b' }, 'b'],
    [{ reference: '', order_id: '' }, null],
    [{ order_id: new JsonNumber('820982911946154508123') }, '820982911946154508123'],
  ])('of %j is %j', (data, expected) => {
    expect(merchantReference(data, keys, 'data')).toBe(expected);
  });

  it('is no name of every object', () => {
    expect(merchantReference({}, ['constructor'], 'data')).toBeNull();
  });

  it.each<[JsonValue]>([[{ id: '1' }], [true], [['a']], ['x'.repeat(256)]])(
    'cannot be %j',
    (reference) => {
      expect(refusal(() => merchantReference({ reference }, keys, 'data'))).toEqual([
        'validation_failed',
        'data.reference',
      ]);
    },
  );

  it.each(['a\0', '\ud800'])('cannot hold %j, which cannot be stored', (order_id) => {
    expect(refusal(() => merchantReference({ order_id }, keys, 'data'))).toEqual([
      'id_invalid',
      'data.order_id',
    ]);
  });
});
