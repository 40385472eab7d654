/**
 * From a stranger's JSON to a validated DTO: the class says by class-validator's decorators what must
 * hold, and only what it declares is taken over.
 */
import 'reflect-metadata'; // @Type needs it before the first DTO is declared, with or without Nest
import { createRequire } from 'node:module';
import type * as ClassTransformerStorage from 'class-transformer/types/storage.js';
import {
  buildMessage,
  getMetadataStorage,
  ValidateBy,
  validateSync,
  type ValidationError,
  type ValidationOptions,
  ValidationTypes,
} from 'class-validator';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/json.js';
import { isAsDeclared } from './dto-check.js';
import { MAX_AMOUNT } from './money.js';
import { type FieldError, type QuarantineCode } from './provider.js';
import { parseRfc3339 } from './rfc3339.js';

// class-transformer exports no reader of its @Type metadata; Nest's own packages take this way too.
const { defaultMetadataStorage } = createRequire(import.meta.url)(
  'class-transformer/cjs/storage.js',
) as typeof ClassTransformerStorage;

export type DtoReading<T> =
  | { readonly ok: true; readonly dto: T }
  | {
      readonly ok: false;
      /** `validation_failed` if any field simply is not as declared, else what its decorator says. */
      readonly code: QuarantineCode;
      /** At least one, at most one for each field, by dotted path. */
      readonly errors: readonly FieldError[];
    };

/**
 * Makes a `Dto` of a JSON object and validates it. Never throws for any JSON.
 *
 * Taken over are the fields that have a validator; everything else is left out. A nested DTO is
 * `@IsDefined() @ValidateNested() @Type(() => Nested)` (without IsDefined a missing one passes), an
 * array of them has `{ each: true }`. Numbers are JsonNumber: `@IsNumber()` never holds.
 *
 * Not class-transformer's plainToInstance: it calls what a body names `constructor` and throws, and
 * lets an array pass where one nested object is declared.
 */
export function readDto<T extends object>(Dto: new () => T, json: JsonObject): DtoReading<T> {
  const errors = new Map<string, CodedError>();
  const dto = instantiate(Dto, json, '', errors);
  if (errors.size === 0 && isAsDeclared(dto)) return { ok: true, dto };
  collect(validateSync(dto, VALIDATION), '', errors);
  if (errors.size === 0) return { ok: true, dto };

  const found = [...errors].map(([field, { message, code }]) => ({ field, message, code }));
  const plain = found.some(({ code }) => code === 'validation_failed');
  return {
    ok: false,
    code: plain ? 'validation_failed' : (found[0]?.code ?? 'validation_failed'),
    errors: found.map(({ field, message }) => ({ field, message })),
  };
}

/** A string of 1 to 255 characters; with a NUL or a lone surrogate the event is `id_invalid`. */
export function IsId(options?: ValidationOptions): PropertyDecorator {
  return all(
    ValidateBy(
      {
        name: 'isId',
        validator: {
          validate: (value: unknown) => typeof value === 'string' && isOfIdLength(value),
          defaultMessage: says('must be a string of 1 to 255 characters', options),
        },
      },
      options,
    ),
    ValidateBy(
      {
        name: 'isStorableId',
        validator: {
          validate: (value: unknown) => typeof value !== 'string' || isStorable(value),
          defaultMessage: says('must not contain NUL or half a surrogate pair', options),
        },
      },
      { ...options, context: { code: 'id_invalid' } satisfies Context },
    ),
  );
}

/** A JSON integer of up to 64 bits, of which every digit counts: a double would round it. */
export function IsNumericId(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isNumericId',
      validator: {
        validate: (value: unknown) =>
          value instanceof JsonNumber && /^[1-9]\d{0,19}$/.test(value.text),
        defaultMessage: says('must be a JSON integer of up to 20 digits', options),
      },
    },
    options,
  );
}

/** A JSON integer of minor units, 0 or more; beyond 2^53-1 the event is `number_out_of_range`. */
export function IsMinorUnits(options?: ValidationOptions): PropertyDecorator {
  return all(
    ValidateBy(
      {
        name: 'isMinorUnits',
        validator: {
          validate: isNaturalNumber,
          defaultMessage: says('must be a JSON integer of minor units, 0 or more', options),
        },
      },
      options,
    ),
    ValidateBy(
      {
        name: 'isMinorUnitsInRange',
        validator: {
          validate: (value: unknown) => !isNaturalNumber(value) || BigInt(value.text) <= MAX_AMOUNT,
          defaultMessage: says(`must not be more than ${MAX_AMOUNT}`, options),
        },
      },
      { ...options, context: { code: 'number_out_of_range' } satisfies Context },
    ),
  );
}

/** A JSON integer of seconds since the epoch, at most 12 digits. */
export function IsUnixSeconds(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isUnixSeconds',
      validator: {
        validate: (value: unknown) => isNaturalNumber(value) && value.text.length <= 12,
        defaultMessage: says('must be a JSON integer of seconds since 1970', options),
      },
    },
    options,
  );
}

/** An RFC 3339 date-time with a zone, after 1970-01-01T00:00:00Z: 0 means that no time is stated. */
export function IsDateTimeWithZone(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDateTimeWithZone',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && (parseRfc3339(value) ?? 0) > 0,
        defaultMessage: says(
          'must be an RFC 3339 date-time with a zone, such as 2026-11-24T10:00:00Z',
          options,
        ),
      },
    },
    options,
  );
}

/** The code of the quarantine when this constraint, and no plainer one, is broken. */
interface Context {
  readonly code: QuarantineCode;
}
interface CodedError extends Context {
  readonly message: string;
}

/** One field of a DTO; `nested` where its value is a DTO itself, or an array of them (`each`). */
interface Field {
  readonly name: string;
  readonly nested: { readonly Dto: new () => object; readonly each: boolean } | null;
}

const VALIDATION = { stopAtFirstError: true, validationError: { target: false, value: false } };

const fieldsByDto = new WeakMap<new () => object, readonly Field[]>();

function fieldsOf(Dto: new () => object): readonly Field[] {
  let fields = fieldsByDto.get(Dto);
  if (fields === undefined) {
    fields = findFields(Dto);
    fieldsByDto.set(Dto, fields);
  }
  return fields;
}

function findFields(Dto: new () => object): Field[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Dto, '', false, false);
  return [...new Set(rules.map((rule) => rule.propertyName))].map((name) => {
    const nested = rules.find(
      (rule) => rule.propertyName === name && rule.type === ValidationTypes.NESTED_VALIDATION,
    );
    if (nested === undefined) return { name, nested: null };
    const type = defaultMetadataStorage.findTypeMetadata(Dto, name);
    if (!type?.typeFunction) {
      throw new Error(`${Dto.name}.${name} has @ValidateNested() and lacks @Type(() => …)`);
    }
    return { name, nested: { Dto: type.typeFunction() as new () => object, each: nested.each } };
  });
}

function instantiate<T extends object>(
  Dto: new () => T,
  json: JsonObject,
  path: string,
  errors: Map<string, CodedError>,
): T {
  const dto = new Dto();
  const target = dto as Record<string, unknown>;
  for (const { name, nested } of fieldsOf(Dto)) {
    if (!Object.hasOwn(json, name)) continue;
    const value = json[name];
    const at = path + name;
    if (nested === null || value === null) {
      target[name] = value;
    } else if (!nested.each) {
      target[name] = instantiateNested(nested.Dto, value, at, errors);
    } else if (Array.isArray(value)) {
      target[name] = value.map((item, index) =>
        instantiateNested(nested.Dto, item, `${at}.${index}`, errors),
      );
    } else {
      errors.set(at, { message: `${name} must be an array`, code: 'validation_failed' });
    }
  }
  return dto;
}

function instantiateNested(
  Dto: new () => object,
  value: JsonValue | undefined,
  path: string,
  errors: Map<string, CodedError>,
): object | undefined {
  if (isJsonObject(value)) return instantiate(Dto, value, `${path}.`, errors);
  const name = path.slice(path.lastIndexOf('.') + 1);
  errors.set(path, { message: `${name} must be an object`, code: 'validation_failed' });
  return undefined;
}

/** Flattens class-validator's tree; of a field that has an error already the first stays. */
function collect(
  found: readonly ValidationError[],
  path: string,
  errors: Map<string, CodedError>,
): void {
  for (const { property, constraints, contexts, children } of found) {
    const field = path + property;
    const [broken] = Object.entries(constraints ?? {});
    if (broken !== undefined && !errors.has(field)) {
      const [constraint, message] = broken;
      const context = contexts?.[constraint] as Context | undefined;
      errors.set(field, { message, code: context?.code ?? 'validation_failed' });
    }
    collect(children ?? [], `${field}.`, errors);
  }
}

function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

function says(what: string, options: ValidationOptions | undefined) {
  return buildMessage((eachPrefix) => `${eachPrefix}$property ${what}`, options);
}

function isNaturalNumber(value: unknown): value is JsonNumber {
  return value instanceof JsonNumber && /^\d+$/.test(value.text);
}

function isOfIdLength(value: string): boolean {
  // Characters are code points, as Postgres counts them; JavaScript's length counts pairs twice.
  return (
    value.length > 0 && (value.length <= 255 || (value.length <= 510 && [...value].length <= 255))
  );
}

function isStorable(value: string): boolean {
  return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}
