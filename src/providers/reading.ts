/**
 * How a normaliser reads an authentic event: it throws {@link Unusable} at the first thing that it
 * cannot use, wherever that is, and {@link meaningOf} makes a quarantine of it.
 */
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/json.js';
import { type Statement } from '../payments/statement.js';
import { IsId, readDto } from './dto.js';
import { type Amount } from './money.js';
import { type FieldError, type Meaning, type QuarantineCode } from './provider.js';

/** Ends the reading of an event; never leaves {@link meaningOf}. */
export class Unusable extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly errors: readonly FieldError[],
  ) {
    super(code);
  }
}

/** One field is at fault. `field` is its dotted path in the body, `message` says what would be right. */
export function unusable(code: QuarantineCode, field: string, message: string): Unusable {
  return new Unusable(code, [{ field, message }]);
}

/** What an event means whose reading gives these statements; none of them: it is ignored. */
export function meaningOf(read: () => readonly Statement[]): Meaning {
  try {
    const statements = read();
    return statements.length === 0 ? { status: 'ignored' } : { status: 'applied', statements };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return { status: 'quarantined', code: error.code, errors: error.errors };
  }
}

/** The DTO of an object that stands at `path` in the body ('' for the body itself); throws Unusable. */
export function readAs<T extends object>(Dto: new () => T, json: JsonObject, path: string): T {
  const reading = readDto(Dto, json);
  if (reading.ok) return reading.dto;
  const errors = reading.errors.map((e) => ({ ...e, field: below(path, e.field) }));
  throw new Unusable(reading.code, errors);
}

/** What a table of a provider's values has for one of them; a value that it lacks is `unknown_status`. */
export function byValue<T>(table: ReadonlyMap<string, T>, value: string, path: string): T {
  const found = table.get(value);
  if (found !== undefined) return found;
  const known = [...table.keys()].join(', ');
  throw unusable('unknown_status', path, `has a value that is not known; known are ${known}`);
}

/** Amount and currency of an object at `path` with these two fields; throws Unusable. */
export function usableMoney(
  amount: Amount,
  path: string,
  fields: { readonly amount: string; readonly currency: string },
): { amount: bigint; currency: string } {
  if (amount.ok) return { amount: amount.amount, currency: amount.currency };
  const field = amount.code === 'currency_unknown' ? fields.currency : fields.amount;
  throw unusable(amount.code, below(path, field), amount.message);
}

/**
 * The merchant's reference in data of the merchant's own: under the first of `keys` that holds
 * something, a string, or a number as it is written. Throws Unusable where that can be no reference.
 */
export function merchantReference(
  data: JsonValue | undefined,
  keys: readonly string[],
  path: string,
): string | null {
  if (!isJsonObject(data)) return null;
  for (const key of keys) {
    const value = Object.hasOwn(data, key) ? data[key] : null;
    if (value == null || value === '') continue;
    const reference = value instanceof JsonNumber ? value.text : value;
    const reading = readDto(ReferenceDto, { reference });
    if (reading.ok) return reading.dto.reference;
    const message = `${key} must be a string of 1 to 255 characters`;
    throw unusable(reading.code, below(path, key), message);
  }
  return null;
}

class ReferenceDto {
  @IsId() reference!: string;
}

/** `namespace:id` of each id that is stated. */
export function namedIds(ids: Readonly<Record<string, string | null | undefined>>): string[] {
  return Object.entries(ids).flatMap(([namespace, id]) =>
    id == null ? [] : [`${namespace}:${id}`],
  );
}

function below(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
