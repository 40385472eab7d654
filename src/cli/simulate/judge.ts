/** Whether an answer is the one that a scenario expects. */
import { type Provider, QUARANTINE_CODES, type Sample } from '../../providers/provider.js';
import { type Answer } from './send.js';

export interface Verdict {
  /** The answer in a few words, e.g. `200 success`, `401 signature_invalid` or `ECONNREFUSED`. */
  readonly label: string;
  /** Apart from whether it should be a duplicate, which only all answers to a delivery can tell. */
  readonly asExpected: boolean;
  /** Null where the answer does not tell. */
  readonly duplicate: boolean | null;
  /** The code of the problem, of the quarantine or of the failed connection. */
  readonly code: string | null;
  readonly detail: string | null;
}

/** The code of an answer that something else than this service gave. */
export const FOREIGN_ANSWER = 'foreign_answer';

const STATUSES = ['success', 'ignored', 'quarantined'] as const;
const CODE = /^[a-z0-9_]{1,64}$/;
const CODES: readonly unknown[] = QUARANTINE_CODES;

export function judge(answer: Answer, expected: Sample['expect'], provider: Provider): Verdict {
  if (answer.kind === 'failed') {
    const { code, message } = answer;
    return { label: code, asExpected: false, duplicate: null, code, detail: message };
  }
  if (answer.status === 200 && answer.body === provider.acknowledgement?.body) {
    // It does not tell the outcome.
    return {
      label: `200 ${answer.body}`,
      asExpected: true,
      duplicate: null,
      code: null,
      detail: null,
    };
  }
  const body = jsonObject(answer.body);
  const code = typeof body.code === 'string' && CODE.test(body.code) ? body.code : null;
  const outcome = STATUSES.find((status) => status === body.status);
  if (answer.status === 200 && outcome) {
    const duplicate = body.duplicate === true;
    const words = ['200', outcome, code, duplicate ? 'duplicate' : null];
    return {
      label: words.filter((word) => word !== null).join(' '),
      asExpected: outcome === expected,
      duplicate,
      code,
      detail: null,
    };
  }
  if (code !== null) {
    const refused = expected === 'quarantined' && provider.refusesUnusable;
    return {
      label: `${answer.status} ${code}`,
      asExpected: refused && answer.status === 400 && CODES.includes(code),
      duplicate: null,
      code,
      detail: detailOf(body),
    };
  }
  return {
    label: `${answer.status} (not an answer of this service)`,
    asExpected: false,
    duplicate: null,
    code: FOREIGN_ANSWER,
    detail: printable(answer.body),
  };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function detailOf({ detail, errors }: Record<string, unknown>): string | null {
  const fields = (Array.isArray(errors) ? errors : []).map((error: unknown) => {
    const { field, message } = Object(error) as Record<string, unknown>;
    return `${String(field)}: ${String(message)}`;
  });
  const text = [...(typeof detail === 'string' ? [detail] : []), ...fields].join('; ');
  return printable(text);
}

/** The beginning of a text, on one line and without characters that control a terminal. */
function printable(text: string): string | null {
  const line = text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  return line === '' ? null : line.slice(0, 300);
}
