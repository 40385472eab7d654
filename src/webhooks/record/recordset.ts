/**
 * Rows on their way into Postgres: a binary array for each column, taken apart again by unnest().
 * JSON would say the names of all columns and quote each body for every row, and be parsed to text
 * first on the other side (docs/decisions/0013-rows-as-binary-columns.md has what that costs).
 */
import { BINARY_TYPES, type BinaryType, BinaryArrayWriter } from './binary-array.js';

/** What a value is guessed to take in memory. */
const VALUE_BYTES = 24;

interface Column {
  /** As SQL has it: quoted where it is a word of SQL. */
  readonly name: string;
  /** The property of a row. */
  readonly property: string;
  /** The type of the column in Postgres. */
  readonly type: string;
  /** The type that its values travel as; one that has no binary form here travels as text. */
  readonly binary: BinaryType;
  /** From the value of a row to what `binary` takes. */
  readonly encode: ((value: unknown) => unknown) | null;
}

/** Rows in the text of a statement. */
export interface RowsInSql {
  /** An item of FROM, named `r`. */
  readonly sql: string;
  /** One of the columns, as an array. */
  array(property: string): string;
}

/** The columns of rows that are given to a statement. */
export class Recordset {
  private readonly columns: readonly Column[];

  /** @param columns names with types, as in `id uuid, "of" text, refs text[]` */
  constructor(columns: string) {
    this.columns = columns.split(',').map(columnOf);
  }

  /** For the lists of an INSERT and its SELECT. */
  get names(): string {
    return this.columns.map(({ name }) => name).join(', ');
  }

  /** How many parameters it takes. */
  get width(): number {
    return this.columns.length;
  }

  /** How SQL reads the rows where their parameters begin with number `first`. */
  from(first: number): RowsInSql {
    const array = ({ binary }: Column, i: number) => `$${first + i}::${binary}[]`;
    const columns = this.columns.map((column, i) => {
      const { name, type, binary } = column;
      const cast = type === binary ? '' : `::${type}`;
      return `unnest(${array(column, i)})${cast} AS ${name}`;
    });
    return {
      sql: `(SELECT ${columns.join(', ')}) AS r`,
      array: (property) => {
        const i = this.columns.findIndex((column) => column.property === property);
        return array(this.columns[i]!, i);
      },
    };
  }

  /** The parameters: an array for each column. */
  encode(rows: readonly object[]): Buffer[] {
    const writer = new BinaryArrayWriter(this.width * (VALUE_BYTES + rows.length * VALUE_BYTES));
    for (const { property, binary, encode } of this.columns) {
      const values = rows.map((row) => (row as Record<string, unknown>)[property]);
      writer.add(
        binary,
        encode === null ? values : values.map((v) => (v == null ? null : encode(v))),
      );
    }
    return writer.arrays();
  }
}

function columnOf(declaration: string): Column {
  const [name = '', type = ''] = declaration.trim().split(' ');
  const property = name.replaceAll('"', '');
  if (type in BINARY_TYPES) {
    return { name, property, type, binary: type as BinaryType, encode: null };
  }
  return { name, property, type, binary: 'text', encode: encoderOf(type) };
}

function encoderOf(type: string): Column['encode'] {
  if (type.endsWith('[]')) return arrayLiteral;
  return type === 'jsonb' ? JSON.stringify : null;
}

/** A list of strings as Postgres writes an array. */
function arrayLiteral(value: unknown): string {
  const items = value as readonly string[];
  if (items.length === 0) return '{}';
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
