import { stringify } from 'lossless-json';

/**
 * JSON.stringify for the answers of the API: a bigint becomes an exact JSON integer of any size. As
 * there, a Date is UTC with milliseconds and undefined fields are left out.
 */
export function stringifyJson(value: unknown): string {
  return stringify(value) ?? 'null';
}
