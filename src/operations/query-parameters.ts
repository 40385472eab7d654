/** Decorators for the parameters that several lists have; each says what is right when it is wrong. */
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsDate, IsIn, IsUUID, Length, Matches, ValidateIf } from 'class-validator';
import { decodeCursor } from './cursor.js';

/** `?source=a&source=b` arrives as an array, `?source=a` as a string. */
function ToArray(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? [value] : value,
  );
}

/**
 * Need not be given. A null, which only a JSON body can have, is no value: taken for absent it would
 * leave a filter out that somebody meant to set.
 */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** A parameter that may be repeated and matches any of its values. */
export function Sources(): PropertyDecorator {
  return applyDecorators(
    ToArray(),
    MayBeAbsent(),
    ArrayMaxSize(100, { message: 'source may be given 100 times at most' }),
    Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, {
      each: true,
      message: 'source must be the name of a source: lower-case letters, digits and dashes',
    }),
    ApiPropertyOptional({
      type: [String],
      description: 'Name of a source; may be repeated',
      example: ['stripe'],
    }),
  );
}

/** `status`, which may be repeated, out of a closed list. */
export function Statuses(statuses: readonly string[]): PropertyDecorator {
  return applyDecorators(
    ToArray(),
    MayBeAbsent(),
    ArrayMaxSize(100, { message: 'status may be given 100 times at most' }),
    IsIn(statuses, { each: true, message: `status must be one of ${statuses.join(', ')}` }),
    ApiPropertyOptional({ enum: statuses, isArray: true, description: 'May be repeated' }),
  );
}

/** A string of 1 to `max` characters that is matched as it is. */
export function Exact(name: string, max: number, description: string): PropertyDecorator {
  return applyDecorators(
    MayBeAbsent(),
    Length(1, max, { message: `${name} must be given once, with 1 to ${max} characters` }),
    // Postgres has no NUL in text.
    Matches(/^[^\0]*$/, { message: `${name} must not contain NUL` }),
    ApiPropertyOptional({ type: String, description, minLength: 1, maxLength: max }),
  );
}

/** The `nextCursor` of a page; arrives in the DTO as the id in it. */
export function Cursor(): PropertyDecorator {
  return applyDecorators(
    // An empty id fails the check below; the cursor itself could be a UUID and pass it.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (decodeCursor(value) ?? '') : value,
    ),
    MayBeAbsent(),
    IsUUID('all', { message: 'cursor must be the nextCursor of the page before, as it is' }),
    ApiPropertyOptional({ type: String, description: 'The `nextCursor` of the page before' }),
  );
}

/** A moment; arrives in the DTO as a Date. */
export function Time(name: string, description: string): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => parseTime(value) ?? value),
    MayBeAbsent(),
    IsDate({
      message: `${name} must be a time with a zone, e.g. 2026-11-24T10:00:00Z (write + as %2B)`,
    }),
    ApiPropertyOptional({ type: String, format: 'date-time', description }),
  );
}

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** A time of RFC 3339, or null. Fractions beyond the millisecond are cut off. */
export function parseTime(value: unknown): Date | null {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (!match) return null;
  // Date turns 30 February into 2 March; a date that does not come back unchanged does not exist.
  const day = new Date(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== match[1]) return null;
  const time = new Date(match[0].toUpperCase());
  // Postgres has no year 0.
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999 ? time : null;
}
