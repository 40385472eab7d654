import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import fc from 'fast-check';
import { type JsonNumber, type JsonObject } from '../json/json.js';
import { readJson } from '../json/read-json.js';
import { IsDateTimeWithZone, IsId, IsMinorUnits, IsUnixSeconds, readDto } from './dto.js';

class ItemDto {
  @IsId() id!: string;
}

class ObjectDto {
  @IsId() id!: string;
  @IsMinorUnits() amount!: JsonNumber;
  @IsString() currency!: string;
  @IsIn(['succeeded', 'failed']) status!: string;
  @IsOptional() @IsId() charge?: string | null;
  @IsOptional() @IsDefined() metadata?: JsonObject | null;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => ItemDto) items?: ItemDto[] | null;
  notDeclared?: string;
}

class DataDto {
  @IsDefined() @ValidateNested() @Type(() => ObjectDto) object!: ObjectDto;
}

class EventDto {
  @IsId() id!: string;
  @IsString() type!: string;
  @IsUnixSeconds() created!: JsonNumber;
  @IsBoolean() livemode!: boolean;
  @IsDefined() @ValidateNested() @Type(() => DataDto) data!: DataDto;
}

class ConnectEventDto extends EventDto {
  @IsId() account!: string;
}

const parse = (text: string): JsonObject => {
  const reading = readJson(Buffer.from(text));
  if (!reading.ok) throw new Error(reading.code);
  return reading.value;
};

/** An event as text, with parts of its object replaced; undefined leaves a part out. */
const event = (object: Record<string, string | undefined> = {}, rest = '') => {
  const fields = {
    id: '"pi_1"',
    amount: '4999',
    currency: '"eur"',
    status: '"succeeded"',
    ...object,
  };
  const inner = Object.entries(fields).flatMap(([k, v]) =>
    v === undefined ? [] : [`"${k}":${v}`],
  );
  return parse(
    `{"id":"evt_1","type":"x","created":1700000000,"livemode":true,${rest}"data":{"object":{${inner.join()}}}}`,
  );
};

const refusal = (json: JsonObject) => {
  const reading = readDto(EventDto, json);
  return reading.ok ? null : { code: reading.code, errors: reading.errors };
};

describe('readDto', () => {
  it('makes instances of what is declared, and of nothing else', () => {
    const reading = readDto(
      EventDto,
      event({ items: '[{"id":"a"},{"id":"b","x":1}]', notDeclared: '"x"' }, '"extra":[1],'),
    );
    if (!reading.ok) throw new Error(JSON.stringify(reading));
    const { dto } = reading;
    expect(dto).toBeInstanceOf(EventDto);
    expect(dto.data.object).toBeInstanceOf(ObjectDto);
    expect(dto.data.object.items).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(dto.data.object.items?.[0]).toBeInstanceOf(ItemDto);
    expect(dto.data.object.amount.text).toBe('4999');
    expect(dto.data.object.notDeclared).toBeUndefined();
    expect(dto).not.toHaveProperty('extra');
  });

  it('reads the fields of the class it extends', () => {
    expect(readDto(ConnectEventDto, event({}, '"account":"acct_1",')).ok).toBe(true);
    expect(readDto(ConnectEventDto, event())).toMatchObject({ errors: [{ field: 'account' }] });
  });

  it('names every field by its path, once, in words', () => {
    expect(
      refusal(
        parse(
          '{"id":"","created":"1","livemode":1,"data":{"object":{"id":{"not":""},"amount":-1}}}',
        ),
      ),
    ).toEqual({
      code: 'validation_failed',
      errors: [
        { field: 'id', message: 'id must be a string of 1 to 255 characters' },
        { field: 'type', message: 'type must be a string' },
        { field: 'created', message: 'created must be a JSON integer of seconds since 1970' },
        { field: 'livemode', message: 'livemode must be a boolean value' },
        { field: 'data.object.id', message: 'id must be a string of 1 to 255 characters' },
        {
          field: 'data.object.amount',
          message: 'amount must be a JSON integer of minor units, 0 or more',
        },
        { field: 'data.object.currency', message: 'currency must be a string' },
        {
          field: 'data.object.status',
          message: 'status must be one of the following values: succeeded, failed',
        },
      ],
    });
  });

  it.each([
    ['{}', 'data', 'data should not be null or undefined'],
    ['{"data":null}', 'data', 'data should not be null or undefined'],
    ['{"data":[]}', 'data', 'data must be an object'],
    ['{"data":[{"object":{}}]}', 'data', 'data must be an object'],
    ['{"data":"x"}', 'data', 'data must be an object'],
    ['{"data":1}', 'data', 'data must be an object'],
    ['{"data":{}}', 'data.object', 'object should not be null or undefined'],
    ['{"data":{"object":[]}}', 'data.object', 'object must be an object'],
    ['{"data":{"object":{"items":{}}}}', 'data.object.items', 'items must be an array'],
    ['{"data":{"object":{"items":[{"id":"a"},[]]}}}', 'data.object.items.1', '1 must be an object'],
    [
      '{"data":{"object":{"items":[{"id":"a"},{}]}}}',
      'data.object.items.1.id',
      'id must be a string of 1 to 255 characters',
    ],
  ])('refuses a nested value of another shape: %s', (text, field, message) => {
    const errors = refusal(parse(text))?.errors.filter((e) => e.field === field);
    expect(errors).toEqual([{ field, message }]);
  });

  it.each([
    ['"\\u0000"', 'id_invalid'],
    ['"a\\u0000b"', 'id_invalid'],
    ['"\\ud800"', 'id_invalid'],
    ['"a\\udc00\\ud800"', 'id_invalid'],
    ['"\\ud83d\\ude00"', null],
    ['""', 'validation_failed'],
    ['1', 'validation_failed'],
    ['true', 'validation_failed'],
    ['null', 'validation_failed'],
    ['["a"]', 'validation_failed'],
    ['{"contains":""}', 'validation_failed'],
    [undefined, 'validation_failed'],
  ])('as an id, %s: %s', (id, expected) => {
    expect(refusal(event({ id }))?.code ?? null).toBe(expected);
  });

  it.each([
    [255, 'x', null],
    [255, '😀', null],
    [256, 'x', 'validation_failed'],
    [256, '😀', 'validation_failed'],
    [100_000, 'x', 'validation_failed'],
  ])('as an id, %i times %s: %s', (length, character, expected) => {
    const id = `"${character.repeat(length)}"`;
    expect(refusal(event({ id }))?.code ?? null).toBe(expected);
  });

  it.each([
    ['0', null],
    ['9007199254740991', null],
    ['9007199254740992', 'number_out_of_range'],
    ['9223372036854775808', 'number_out_of_range'],
    ['-1', 'validation_failed'],
    ['-0', 'validation_failed'],
    ['1.5', 'validation_failed'],
    ['1.0', 'validation_failed'],
    ['1e2', 'validation_failed'],
    ['"100"', 'validation_failed'],
    ['null', 'validation_failed'],
    ['[1]', 'validation_failed'],
    [undefined, 'validation_failed'],
  ])('as minor units, %s: %s', (amount, expected) => {
    expect(refusal(event({ amount }))?.code ?? null).toBe(expected);
  });

  it('reads no amount of 300 digits', () => {
    expect(refusal(event({ amount: '1'.repeat(300) }))?.code).toBe('number_out_of_range');
  });

  it.each([
    ['1700000000', true],
    ['999999999999', true],
    ['1000000000000', false],
    ['-1', false],
    ['1.5', false],
    ['"1700000000"', false],
  ])('as unix seconds, %s: %s', (created, expected) => {
    const json = { ...event(), ...parse(`{"created":${created}}`) };
    expect(readDto(EventDto, json).ok).toBe(expected);
  });

  it('keeps the plainer code where several fields are wrong', () => {
    expect(refusal(event({ id: '"\\u0000"', amount: '9007199254740992' }))?.code).toBe(
      'id_invalid',
    );
    expect(refusal(event({ id: '"\\u0000"', currency: '1' }))?.code).toBe('validation_failed');
  });

  it.each([
    ['{"constructor":{"a":1},"__proto__":{"polluted":1},"then":"x","toString":null}'],
    ['{"constructor":"x","hasOwnProperty":1}'],
    ['{"__proto__":null,"prototype":{"constructor":{"prototype":{"polluted":1}}}}'],
  ])('is not led by the keys of a stranger: %s', (hostile) => {
    const json = event({ metadata: hostile, items: `[${hostile.slice(0, -1)},"id":"a"}]` });
    const reading = readDto(EventDto, { ...json, ...parse(hostile) });
    if (!reading.ok) throw new Error(JSON.stringify(reading));
    expect(Object.getPrototypeOf(reading.dto)).toBe(EventDto.prototype);
    expect(Object.getPrototypeOf(reading.dto.data.object.items?.[0])).toBe(ItemDto.prototype);
    expect(reading.dto.data.object.metadata).toEqual(parse(hostile));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes a declared field from the body only, never from a prototype', () => {
    class TypeDto {
      @IsOptional() @IsString() type?: string = 'default';
    }
    const reading = readDto(TypeDto, parse('{"__proto__":{"type":"x"}}'));
    expect(reading).toEqual({ ok: true, dto: { type: 'default' } });
  });

  it('never throws, whatever JSON it is given', () => {
    const names = 'id type created livemode data object amount items constructor __proto__ then';
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, 1, 1.5, '', 'x', '\0'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names.split(' ')), tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const json = parse(JSON.stringify({ data: value }));
        const reading = readDto(EventDto, json);
        expect(reading.ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells the programmer of a nested field without its type', () => {
    class UntypedDto {
      @ValidateNested() data!: DataDto;
    }
    expect(() => readDto(UntypedDto, {})).toThrow(
      'UntypedDto.data has @ValidateNested() and lacks @Type',
    );
  });
});

describe('IsDateTimeWithZone', () => {
  class TimeDto {
    @IsDateTimeWithZone() at!: string;
  }
  const errorOf = (text: string) => {
    const reading = readDto(TimeDto, parse(`{"at":${text}}`));
    return reading.ok ? null : [reading.code, reading.errors[0]?.message];
  };

  it.each([
    '"2026-11-24T10:00:00Z"',
    '"2026-11-24t10:00:00.123456z"',
    '"2026-11-24T10:00:00+02:00"',
  ])('holds for %s', (text) => expect(errorOf(text)).toBeNull());

  it.each([
    '"2026-11-24T10:00:00"',
    '"2026-11-24"',
    '"1970-01-01T00:00:00Z"',
    '"0001-01-01T00:00:00Z"',
    '1700000000',
    'null',
    '""',
  ])('does not hold for %s', (text) => {
    expect(errorOf(text)).toEqual([
      'validation_failed',
      'at must be an RFC 3339 date-time with a zone, such as 2026-11-24T10:00:00Z',
    ]);
  });
});
