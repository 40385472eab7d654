/** Our ids are UUIDs v7 (RFC 9562), which begin with the milliseconds since the epoch. */

/** Less than every id. */
export const LEAST_ID = '00000000-0000-0000-0000-000000000000';
/** Greater than every id. */
export const GREATEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The least id that is made at a time or later. No id was made before 1970. */
export function firstIdAt(time: Date): string {
  const digits = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** When an id was made, by the clock of its maker. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
