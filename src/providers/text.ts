/** Strings of strangers' bodies, where a body that breaks a rule still has to be described. */
import { type JsonValue } from '../json/json.js';
import { IsId, readDto } from './dto.js';

class AnyIdDto {
  @IsId() value!: string;
}

/** The value if it is a usable id (see {@link IsId}), else null. */
export function readableId(value: JsonValue | undefined): string | null {
  // Mostly it is absent, and to say what is wrong with it costs class-validator 25 us.
  if (typeof value !== 'string') return null;
  return readDto(AnyIdDto, { value }).ok ? value : null;
}

const MAX_MESSAGE_LENGTH = 500;

/**
 * A message for people: cleaned and cut to 500 characters rather than refused, since nothing depends
 * on it. NUL is removed (Postgres does not take it), half a surrogate pair becomes U+FFFD.
 */
export function messageText(value: string | null | undefined): string | null {
  const clean = Buffer.from((value ?? '').replaceAll('\0', '')).toString();
  return [...clean].slice(0, MAX_MESSAGE_LENGTH).join('') || null;
}
