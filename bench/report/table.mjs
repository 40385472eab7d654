/** Tables for the terminal, which are Markdown as well. */

/**
 * @param {string[]} header
 * @param {string[][]} rows the first column is text, the others are figures
 */
export function table(header, rows) {
  const widths = header.map((name, i) =>
    Math.max(3, ...[name, ...rows.map((r) => r[i] ?? '')].map((t) => t.length)),
  );
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** A figure with thousands separated, `–` where there is none. */
export function figure(/** @type {number | null | undefined} */ value, digits = 0) {
  if (value === null || value === undefined) return '–';
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
