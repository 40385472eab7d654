import { Type } from 'class-transformer';
import {
  Equals,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  validateSync,
} from 'class-validator';
import fc from 'fast-check';

import { JsonNumber } from '../json/json.js';
import { IsId, IsMinorUnits } from './dto.js';
import { isAsDeclared } from './dto-check.js';

class Inner {
  @IsId()
  id: unknown;

  @IsOptional()
  @IsMinorUnits()
  amount: unknown;
}

class Outer {
  @IsString()
  @MaxLength(3)
  text: unknown;

  @IsOptional()
  @IsIn(['a', 'b'])
  choice: unknown;

  @ValidateIf((outer: Outer) => outer.choice === 'a')
  @IsDefined()
  withChoice: unknown;

  @IsArray()
  @IsString({ each: true })
  list: unknown;

  @IsString({ validateIf: (outer: Outer) => outer.choice === 'b' })
  onlyWithB: unknown;

  @IsDefined()
  @ValidateNested()
  @Type(() => Inner)
  inner: unknown;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Inner)
  inners: unknown;
}

class Extended extends Outer {
  @Equals(true)
  more: unknown;
}

class Asynchronous {
  @IsString()
  @ValidatePromise()
  text: unknown;
}

const object = <T extends object>(make: () => T, fields: object): T =>
  Object.assign(make(), fields);

/** Mostly what is declared, so that a yes comes often enough. */
const value = (...good: unknown[]) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...good) },
    fc.constantFrom<unknown>(undefined, null, '', 'a', 'x'.repeat(300), 1, true, [], {}),
  );
const inner = fc
  .record({
    id: value('id_1'),
    amount: value(undefined, new JsonNumber('5'), new JsonNumber('9007199254740993')),
  })
  .map((fields) => object(() => new Inner(), fields));
const nested = fc.oneof({ weight: 20, arbitrary: inner }, value(undefined));
const fields = fc.record({
  text: value('abc', 'b'),
  choice: value('a', 'b', undefined),
  withChoice: value('x'),
  list: fc.oneof({ weight: 20, arbitrary: fc.array(value('item'), { maxLength: 3 }) }, value([])),
  onlyWithB: value('x'),
  inner: nested,
  inners: fc.oneof({ weight: 10, arbitrary: fc.array(inner, { maxLength: 2 }) }, value(undefined)),
  more: value(true),
});

describe('isAsDeclared', () => {
  it.each([
    ['a class', () => new Outer()],
    ['one that inherits', () => new Extended()],
  ] as const)(
    'says yes where class-validator finds nothing wrong, and only there: %s',
    (_, make) => {
      let yes = 0;
      fc.assert(
        fc.property(fields, (given) => {
          const dto = object(make, given);
          const isFine = validateSync(dto).length === 0;
          expect(isAsDeclared(dto)).toBe(isFine);
          if (isFine) yes += 1;
        }),
        { numRuns: 3000 },
      );
      expect(yes).toBeGreaterThan(300);
    },
  );

  it('says yes to nothing else either', () => {
    const odd = fc.tuple(fields, fc.constantFrom('inner', 'inners', 'list'), fc.anything());
    fc.assert(
      fc.property(odd, ([given, name, anything]) => {
        const dto = object(() => new Outer(), { ...given, [name]: anything });
        if (isAsDeclared(dto)) expect(validateSync(dto)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not say yes where it does not know', () => {
    expect(isAsDeclared(object(() => new Asynchronous(), { text: 'a' }))).toBe(false);
    expect(isAsDeclared({ text: 'a' })).toBe(false);
    expect(isAsDeclared([])).toBe(false);
  });
});
