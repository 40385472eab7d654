/**
 * The value below which a share of all lies (nearest rank); null of nothing.
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} share 0 to 1
 */
export function quantile(sorted, share) {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** The middle one of what is there; null of nothing. */
export function median(/** @type {(number | null)[]} */ values) {
  const known = /** @type {number[]} */ (values.filter((v) => v !== null));
  return quantile(
    known.toSorted((a, b) => a - b),
    0.5,
  );
}
