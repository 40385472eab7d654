/** Comma-separated values by RFC 4180, for people who open them in a spreadsheet. */

/** A row with its end. Text that a spreadsheet would take for a formula is made plain text. */
export function csvRow(cells: readonly (string | number | bigint | boolean | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | bigint | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const plain = neutral(value);
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/**
 * A stranger may have chosen the text, e.g. the reference of an order: =HYPERLINK(…) would run when the
 * file is opened. An apostrophe before it is what spreadsheets themselves write for "text"
 * (owasp.org/www-community/attacks/CSV_Injection).
 */
function neutral(text: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}
