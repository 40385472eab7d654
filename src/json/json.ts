/** JSON as it was written: numbers keep their text, so that no amount and no id is ever rounded. */
import { Expose } from 'class-transformer';

/** A JSON number by its source text, e.g. `49.99`, `10.000` or `820982911946154508123`. */
export class JsonNumber {
  // class-transformer copies instances by `new` and assignment; hence the default and @Expose.
  @Expose() readonly text: string;
  constructor(text = '0') {
    this.text = text;
  }
  /** True for an integer without a fraction or an exponent, of any size. */
  get isInteger(): boolean {
    return /^-?\d+$/.test(this.text);
  }
  toJSON(): number {
    return Number(this.text);
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** True for an object of JSON; false for an array, a number or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber)
  );
}
