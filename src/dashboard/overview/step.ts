/** Rows that one statement looks at: some 50 milliseconds, after which others have their turn. */
export const STEP = 50_000;
