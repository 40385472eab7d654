/** What a run did or would do, as text for people. */
import { type PaymentDifference } from '../../events/replay/difference.js';
import { type ReapplySummaryDto } from '../../events/replay/replay.dto.js';
import { stringifyJson } from '../../json/stringify-json.js';

/** The counts as a small table. */
export function formatSummary(summary: ReapplySummaryDto): string {
  const rows: [label: string, count: number][] = [
    ['matched', summary.matched],
    ['applied', summary.applied],
    ['ignored', summary.ignored],
    ['quarantined', summary.quarantined],
    ['unchanged', summary.unchanged],
    ['changed payments', summary.changedPayments],
  ];
  return rows.map(([label, count]) => `${label.padEnd(16)}  ${count}\n`).join('');
}

/** What changes about one payment, a line for each field. */
export function formatDifference(difference: PaymentDifference): string {
  const { paymentId, version, mergedInto, differences } = difference;
  const joined = mergedInto === null ? '' : `, joined into ${mergedInto}`;
  const fields = differences.map(
    ({ field, from, to }) => `  ${field.padEnd(18)}${shown(from)} → ${shown(to)}\n`,
  );
  return `payment ${paymentId}, version ${version}${joined}\n${fields.join('')}`;
}

/** Control and format characters, which a terminal obeys. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** As JSON, which tells a text from a null; strangers wrote the texts. */
function shown(value: unknown): string {
  return stringifyJson(value).replace(OBEYED, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
