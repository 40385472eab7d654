import { JsonNumber, type JsonObject, type JsonValue } from './json.js';

/** How deep objects and arrays may be nested in a body that we read. */
export const MAX_DEPTH = 64;
/** How many keys the objects of one body may have together. */
export const MAX_KEYS = 50_000;

export type JsonFault =
  'invalid_json' | 'json_too_deep' | 'too_many_keys' | 'duplicate_key' | 'number_out_of_range';

/** What {@link parseJson} throws; the first fault of the text. */
export class UnreadableJsonError extends Error {
  constructor(readonly code: JsonFault) {
    super(code);
  }
}

/**
 * Reads JSON (RFC 8259) as it was written: numbers keep their text. JSON.parse rounds them, and lets
 * the last of two equal keys win; so this is ours, of one pass, and as strict in everything else.
 * Refused beyond the grammar: nesting beyond {@link MAX_DEPTH}, more than {@link MAX_KEYS} keys, a key
 * that stands twice in one object however it is escaped, a number beyond a double.
 *
 * NUL and lone surrogates written as escapes are accepted. A key `__proto__` is an own property like
 * any other and changes no prototype.
 *
 * @throws UnreadableJsonError at the first fault, with nothing read after it
 */
export function parseJson(text: string): JsonValue {
  return new Parser(text).parse();
}

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
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
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A number of fewer characters and without an exponent is below the greatest double. */
const SHORTEST_OVERFLOW = 309;

/** Behind the end charCodeAt() is NaN, which equals nothing: no loop below runs past it. */
class Parser {
  private at = 0;
  private depth = 0;
  private keys = 0;

  constructor(private readonly text: string) {}

  parse(): JsonValue {
    const value = this.value();
    this.skipWhitespace();
    if (this.at < this.text.length) throw new UnreadableJsonError('invalid_json');
    return value;
  }

  private value(): JsonValue {
    const c = this.skipWhitespace();
    switch (c) {
      case QUOTE:
        return this.string();
      case OPEN_BRACE:
        return this.object();
      case OPEN_BRACKET:
        return this.array();
      case LOWER_T:
        return this.literal('true', true);
      case LOWER_F:
        return this.literal('false', false);
      case LOWER_N:
        return this.literal('null', null);
      default:
        return this.number(c);
    }
  }

  private object(): JsonObject {
    this.open();
    const object: JsonObject = {};
    if (this.skipWhitespace() === CLOSE_BRACE) return this.close(object);
    for (;;) {
      const key = this.key();
      if (++this.keys > MAX_KEYS) throw new UnreadableJsonError('too_many_keys');
      if (Object.hasOwn(object, key)) throw new UnreadableJsonError('duplicate_key');
      this.expect(COLON);
      const value = this.value();
      if (key === '__proto__') define(object, key, value);
      else object[key] = value;

      if (this.skipWhitespace() === CLOSE_BRACE) return this.close(object);
      this.expect(COMMA);
    }
  }

  private array(): JsonValue[] {
    this.open();
    const array: JsonValue[] = [];
    if (this.skipWhitespace() === CLOSE_BRACKET) return this.close(array);
    for (;;) {
      array.push(this.value());
      if (this.skipWhitespace() === CLOSE_BRACKET) return this.close(array);
      this.expect(COMMA);
    }
  }

  private open(): void {
    if (++this.depth > MAX_DEPTH) throw new UnreadableJsonError('json_too_deep');
    this.at++;
  }

  private close<T>(closed: T): T {
    this.depth--;
    this.at++;
    return closed;
  }

  private key(): string {
    if (this.skipWhitespace() !== QUOTE) throw new UnreadableJsonError('invalid_json');
    return this.string();
  }

  private string(): string {
    const { text } = this;
    const start = this.at;
    let escaped = false;
    let i = start + 1;
    let c = text.charCodeAt(i);
    while (c !== QUOTE) {
      // Of a control character, and of the end.
      if (!(c >= SPACE)) throw new UnreadableJsonError('invalid_json');
      if (c === BACKSLASH) {
        escaped = true;
        i++;
      }
      c = text.charCodeAt(++i);
    }
    this.at = i + 1;
    return escaped ? unescape(text.slice(start, this.at)) : text.slice(start + 1, i);
  }

  private number(first: number): JsonNumber {
    const start = this.at;
    let c = first;
    if (c === MINUS) c = this.next();
    if (c === DIGIT_0) c = this.next();
    else c = this.digits(c);
    if (c === DOT) c = this.digits(this.next());
    const exponent = c === LOWER_E || c === UPPER_E;
    if (exponent) {
      c = this.next();
      this.digits(c === PLUS || c === MINUS ? this.next() : c);
    }
    const number = this.text.slice(start, this.at);
    if ((exponent || number.length >= SHORTEST_OVERFLOW) && Math.abs(Number(number)) === Infinity) {
      throw new UnreadableJsonError('number_out_of_range');
    }
    return new JsonNumber(number);
  }

  /** One digit or more, from `first` on, which stands here; what comes after them. */
  private digits(first: number): number {
    let c = first;
    if (!isDigit(c)) throw new UnreadableJsonError('invalid_json');
    while (isDigit(c)) c = this.next();
    return c;
  }

  private literal<T extends boolean | null>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new UnreadableJsonError('invalid_json');
    this.at += word.length;
    return value;
  }

  private expect(character: number): void {
    if (this.skipWhitespace() !== character) throw new UnreadableJsonError('invalid_json');
    this.at++;
  }

  private next(): number {
    return this.text.charCodeAt(++this.at);
  }

  /** What stands after it, and here from now on. */
  private skipWhitespace(): number {
    let c = this.text.charCodeAt(this.at);
    while (c === SPACE || c === LINE_FEED || c === CARRIAGE_RETURN || c === TAB) c = this.next();
    return c;
  }
}

function isDigit(c: number): boolean {
  return c >= DIGIT_0 && c <= DIGIT_9;
}

/** The value of a string literal, which has escapes; they are few, and JSON.parse judges them. */
function unescape(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw new UnreadableJsonError('invalid_json');
  }
}

/** As an own property, where assigning would set the prototype. */
function define(object: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
