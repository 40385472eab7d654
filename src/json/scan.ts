/** How deep objects and arrays may be nested in a body that we read. */
export const MAX_DEPTH = 64;
/** How many keys the objects of one body may have together. */
export const MAX_KEYS = 50_000;

export type JsonExcess =
  'json_too_deep' | 'too_many_keys' | 'duplicate_key' | 'number_out_of_range';

const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const UPPER_E = 0x45;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LOWER_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A number of fewer characters and without an exponent is below the greatest double. */
const SHORTEST_OVERFLOW = 309;

/**
 * Looks for what a parser must not be given or would hide: nesting beyond {@link MAX_DEPTH} (parsers
 * recurse), more than {@link MAX_KEYS} keys, a key that stands twice in one object however it is
 * escaped, a number beyond a double. One pass, no recursion; ends at the first excess.
 *
 * It does not judge syntax: of text that is not JSON it says null or any excess, and the parser
 * that comes after refuses it.
 */
export function scanJson(text: string): JsonExcess | null {
  const { length } = text;
  /** The keys of each open object, null for an open array. */
  const open: (Set<string> | null)[] = [];
  let keys: Set<string> | null = null;
  let keyCount = 0;
  let i = 0;

  while (i < length) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      const start = i;
      let escaped = false;
      let inString = text.charCodeAt(++i);
      while (inString !== QUOTE) {
        if (i >= length) return null;
        if (inString === BACKSLASH) {
          escaped = true;
          i++;
        }
        inString = text.charCodeAt(++i);
      }
      const end = i++;
      if (keys === null) continue;
      while (isWhitespace(text.charCodeAt(i))) i++;
      if (text.charCodeAt(i) !== COLON) continue;

      if (++keyCount > MAX_KEYS) return 'too_many_keys';
      const key = escaped ? unescape(text.slice(start, end + 1)) : text.slice(start + 1, end);
      if (key === null) return null;
      const before = keys.size;
      if (keys.add(key).size === before) return 'duplicate_key';
    } else if (c === MINUS || (c >= DIGIT_0 && c <= DIGIT_9)) {
      const start = i;
      let exponent = false;
      let inNumber = c;
      do {
        if (inNumber === LOWER_E || inNumber === UPPER_E) exponent = true;
        inNumber = text.charCodeAt(++i);
      } while (isPartOfNumber(inNumber));
      if (
        (exponent || i - start >= SHORTEST_OVERFLOW) &&
        Math.abs(Number(text.slice(start, i))) === Infinity
      ) {
        return 'number_out_of_range';
      }
    } else {
      if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        if (open.length === MAX_DEPTH) return 'json_too_deep';
        keys = c === OPEN_BRACE ? new Set() : null;
        open.push(keys);
      } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
        open.pop();
        keys = open.at(-1) ?? null;
      }
      i++;
    }
  }
  return null;
}

/** The value of a string literal, or null where it is not one. */
function unescape(literal: string): string | null {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}

function isWhitespace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function isPartOfNumber(c: number): boolean {
  return (
    (c >= DIGIT_0 && c <= DIGIT_9) ||
    c === DOT ||
    c === LOWER_E ||
    c === UPPER_E ||
    c === PLUS ||
    c === MINUS
  );
}
