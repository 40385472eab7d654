/** Keyset paging: a page starts after the last id of the page before, so rows in between cannot shift it. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Any UUID in any case, as `isUuid('018f…')`. */
export function isUuid(text: string): boolean {
  return UUID.test(text.toLowerCase());
}

export interface Page<T> {
  readonly data: T[];
  /** Asks for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

export function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id in a cursor; null for anything that `encodeCursor` did not make. */
export function decodeCursor(cursor: string): string | null {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  return UUID.test(id) && encodeCursor(id) === cursor ? id : null;
}

/** Makes a page of `limit + 1` rows at most: the one too many tells that there are more. */
export function pageOf<Row extends { id: string }, T>(
  rows: readonly Row[],
  limit: number,
  answer: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(answer),
    nextCursor: rows.length > limit && last ? encodeCursor(last.id) : null,
  };
}
