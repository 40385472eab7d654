/** The most characters of one value that an entry keeps. */
const MAX_LENGTH = 300;
/** The most values of one name. */
const MAX_VALUES = 100;

/** What was asked for: of an allow-list of names the plain values, as they came. */
export function keptParameters(
  names: readonly string[],
  ...places: readonly unknown[]
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const place of places) {
    if (typeof place !== 'object' || place === null) continue;
    for (const [name, value] of Object.entries(place)) {
      if (names.includes(name)) kept[name] = plain(value);
    }
  }
  return kept;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_VALUES).map(single);
  return single(value);
}

/** A value that Postgres can keep; anything that is not plain stands as its type. */
function single(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.slice(0, MAX_LENGTH).replaceAll('\0', '').toWellFormed();
  }
  return value === null || ['number', 'boolean'].includes(typeof value) ? value : typeof value;
}
