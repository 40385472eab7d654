/**
 * One-dimensional arrays in Postgres' binary form, as its array_recv() reads them: dimensions, whether
 * there are nulls, the type of the elements, their number, the index of the first; then each element
 * with its length before it, -1 for null (src/backend/utils/adt/arrayfuncs.c).
 */

/** Element types by name, with their OIDs in pg_type, which are the same in every Postgres. */
export const BINARY_TYPES = {
  boolean: 16,
  bigint: 20,
  int: 23,
  text: 25,
  timestamptz: 1184,
  uuid: 2950,
} as const;

export type BinaryType = keyof typeof BINARY_TYPES;

/** 2000-01-01T00:00:00Z, from which Postgres counts microseconds, in milliseconds since 1970. */
const POSTGRES_EPOCH = 946_684_800_000;
const HEADER_BYTES = 20;
/** The most bytes of UTF-8 that one unit of a JavaScript string becomes. */
const MOST_BYTES_PER_UNIT = 3;
/** Below it, room for the most is taken; above, the bytes are counted first. */
const SHORT = 1024;

/** Writes arrays one after the other into memory that grows as needed. */
export class BinaryArrayWriter {
  private buffer: Buffer;
  private end = 0;
  private readonly ends: number[] = [];

  /** @param bytes how much there will be, as far as is known */
  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  /**
   * Adds an array with an element for each of `values`; null and undefined become NULL. Of a `text` bytes
   * are taken as they are, of a `timestamptz` a Date, of a `bigint` also a decimal text.
   */
  add(type: BinaryType, values: readonly unknown[]): void {
    this.reserve(HEADER_BYTES);
    this.int32(values.length === 0 ? 0 : 1);
    this.int32(values.includes(null) || values.includes(undefined) ? 1 : 0);
    this.int32(BINARY_TYPES[type]);
    if (values.length > 0) {
      this.int32(values.length);
      this.int32(1);
    }
    for (const value of values) {
      if (value === null || value === undefined) {
        this.reserve(4);
        this.int32(-1);
      } else this.element(type, value);
    }
    this.ends.push(this.end);
  }

  /** The arrays, in the order in which they were added. */
  arrays(): Buffer[] {
    return this.ends.map((end, i) => this.buffer.subarray(this.ends[i - 1] ?? 0, end));
  }

  private element(type: BinaryType, value: unknown): void {
    switch (type) {
      case 'text':
        if (typeof value === 'string') this.string(value);
        else this.bytes(value as Uint8Array);
        break;
      case 'uuid':
        this.uuid(value as string);
        break;
      case 'int':
        this.reserve(8);
        this.int32(4);
        this.int32(value as number);
        break;
      case 'boolean':
        this.reserve(5);
        this.int32(1);
        this.buffer[this.end++] = value === true ? 1 : 0;
        break;
      case 'bigint':
        this.int64(BigInt(value as bigint | string));
        break;
      case 'timestamptz':
        this.int64(BigInt((value as Date).getTime() - POSTGRES_EPOCH) * 1000n);
        break;
    }
  }

  private string(text: string): void {
    const short = text.length < SHORT;
    this.reserve(4 + (short ? text.length * MOST_BYTES_PER_UNIT : Buffer.byteLength(text)));
    const written = this.buffer.write(text, this.end + 4, 'utf8');
    this.int32(written);
    this.end += written;
  }

  private bytes(bytes: Uint8Array): void {
    this.reserve(4 + bytes.length);
    this.int32(bytes.length);
    this.buffer.set(bytes, this.end);
    this.end += bytes.length;
  }

  private uuid(text: string): void {
    this.reserve(20);
    this.int32(16);
    for (let i = 0; i < text.length; i += 2) {
      if (text.charCodeAt(i) === DASH) i += 1;
      this.buffer[this.end++] = (HEX[text.charCodeAt(i)]! << 4) | HEX[text.charCodeAt(i + 1)]!;
    }
  }

  private int32(value: number): void {
    const { buffer, end } = this;
    buffer[end] = value >>> 24;
    buffer[end + 1] = value >>> 16;
    buffer[end + 2] = value >>> 8;
    buffer[end + 3] = value;
    this.end = end + 4;
  }

  private int64(value: bigint): void {
    this.reserve(12);
    this.int32(8);
    this.buffer.writeBigInt64BE(value, this.end);
    this.end += 8;
  }

  private reserve(bytes: number): void {
    if (this.end + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.end + bytes));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

const DASH = '-'.charCodeAt(0);
/** What a hexadecimal digit is worth, by its character code. */
const HEX = new Uint8Array(128);
for (let digit = 0; digit < 16; digit += 1) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
