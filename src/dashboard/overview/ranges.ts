/** Ways through big tables by their ids, which are UUIDs v7: by the time of receipt, and in short steps. */

/** The least id that is made at a time or later. */
export function firstIdAt(time: Date): string {
  const digits = time.getTime().toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

/** Less than every id. */
export const LEAST_ID = '00000000-0000-0000-0000-000000000000';
/** Greater than every id. */
export const GREATEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Rows that one statement looks at: some 50 milliseconds, after which others have their turn. */
export const STEP = 50_000;
