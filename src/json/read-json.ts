import { isUtf8 } from 'node:buffer';
import { parse } from 'lossless-json';
import { isJsonObject, JsonNumber, type JsonObject } from './json.js';
import { type JsonExcess, scanJson } from './scan.js';

export type UnreadableJson = 'invalid_utf8' | 'invalid_json' | 'not_object' | JsonExcess;

export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly code: UnreadableJson };

const NUMBERS_AS_WRITTEN = { parseNumber: (text: string) => new JsonNumber(text) };

/**
 * Reads a body as a JSON object without losing a digit: numbers become {@link JsonNumber}. Never
 * throws. NUL and lone surrogates written as escapes are accepted; a byte order mark is not JSON.
 *
 * The result is data of a stranger: a key `__proto__` or `constructor` is an own property like any
 * other and changes no prototype.
 */
export function readJson(body: Buffer): JsonReading {
  if (!isUtf8(body)) return { ok: false, code: 'invalid_utf8' };
  const text = body.toString('utf8');

  const excess = scanJson(text);
  if (excess !== null) return { ok: false, code: excess };

  let value: unknown;
  try {
    value = parse(text, null, NUMBERS_AS_WRITTEN);
  } catch {
    return { ok: false, code: 'invalid_json' };
  }
  return isJsonObject(value) ? { ok: true, value } : { ok: false, code: 'not_object' };
}
