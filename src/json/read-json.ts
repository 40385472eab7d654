import { isUtf8 } from 'node:buffer';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';
import { type JsonFault, parseJson, UnreadableJsonError } from './parse-json.js';

export type UnreadableJson = 'invalid_utf8' | 'not_object' | JsonFault;

export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly code: UnreadableJson };

/**
 * Reads a body as a JSON object ({@link parseJson}). Never throws. A byte order mark is not JSON.
 *
 * The result is data of a stranger: a key `__proto__` or `constructor` is an own property like any
 * other and changes no prototype.
 */
export function readJson(body: Buffer): JsonReading {
  if (!isUtf8(body)) return { ok: false, code: 'invalid_utf8' };

  let value: JsonValue;
  try {
    value = parseJson(body.toString('utf8'));
  } catch (error) {
    if (error instanceof UnreadableJsonError) return { ok: false, code: error.code };
    throw error;
  }
  return isJsonObject(value) ? { ok: true, value } : { ok: false, code: 'not_object' };
}
