/** What a simulation found: as data, and as text for people. */
import { type ScenarioName } from '../../providers/provider.js';
import { type Play } from './choose.js';
import { hintsFor, KNOWN_BEFORE, RECORDED_AGAIN } from './hints.js';
import { type Attempt } from './play.js';

/** Unexpected answers that are shown. */
const SHOWN = 5;

export interface UnexpectedAnswer {
  /** Which payment and which of its events, both from 1. */
  readonly payment: number;
  readonly step: number;
  readonly expected: string;
  readonly answer: string;
  readonly code: string | null;
  readonly detail: string | null;
}

/** The object of `--json`. Times in milliseconds. */
export interface Report {
  readonly ok: boolean;
  readonly url: string;
  readonly source: string;
  readonly provider: string;
  readonly scenario: ScenarioName;
  readonly seed: string;
  readonly payments: number;
  /** Deliveries with their repetitions: planned, and sent. Fewer are sent when no server is there. */
  readonly planned: number;
  readonly sent: number;
  readonly asExpected: number;
  readonly unexpected: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** The first few. */
  readonly unexpectedAnswers: readonly UnexpectedAnswer[];
  readonly hints: readonly string[];
}

export function createReport(
  play: Play,
  plan: { url: string; seed: string; payments: number; planned: number },
  attempts: readonly Attempt[],
  duration: number,
): Report {
  const unexpected = [
    ...attempts.filter(({ verdict }) => !verdict.asExpected).map(unexpectedAnswer),
    ...wrongRepetitions(attempts),
  ];
  const codes = new Set(unexpected.flatMap(({ code }) => (code === null ? [] : [code])));
  return {
    ok: unexpected.length === 0 && attempts.length === plan.planned,
    ...plan,
    source: play.source.name,
    provider: play.source.provider.name,
    scenario: play.scenario,
    sent: attempts.length,
    asExpected: attempts.length - unexpected.length,
    unexpected: unexpected.length,
    answers: countsOf(attempts.map(({ verdict }) => verdict.label)),
    duration: rounded(duration),
    latency: latencyOf(attempts),
    unexpectedAnswers: unexpected.slice(0, SHOWN),
    hints: hintsFor(codes, play),
  };
}

function unexpectedAnswer({ delivery, expected, verdict }: Attempt): UnexpectedAnswer {
  return {
    payment: delivery.run + 1,
    step: delivery.step + 1,
    expected,
    answer: verdict.label,
    code: verdict.code,
    detail: verdict.detail,
  };
}

/**
 * Of the answers to one delivery exactly one is of a new event, whichever came first. Where one of
 * them is unexpected anyway, none need be: an event may be recorded although its answer was lost.
 */
function wrongRepetitions(attempts: readonly Attempt[]): UnexpectedAnswer[] {
  const wrong: UnexpectedAnswer[] = [];
  for (const same of byDelivery(attempts)) {
    const fresh = same.filter(({ verdict }) => verdict.duplicate === false);
    const repeated = same.filter(({ verdict }) => verdict.duplicate === true);
    const isClear = same.every(({ verdict }) => verdict.asExpected);
    for (const attempt of fresh.slice(1).filter(({ verdict }) => verdict.asExpected)) {
      const expected = `${attempt.expected} duplicate`;
      wrong.push({ ...unexpectedAnswer(attempt), expected, code: RECORDED_AGAIN });
    }
    if (isClear && fresh.length === 0 && repeated[0]) {
      wrong.push({ ...unexpectedAnswer(repeated[0]), code: KNOWN_BEFORE });
    }
  }
  return wrong;
}

function byDelivery(attempts: readonly Attempt[]): Iterable<Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const key = `${attempt.delivery.run} ${attempt.delivery.step}`;
    const group = groups.get(key);
    if (group) group.push(attempt);
    else groups.set(key, [attempt]);
  }
  return groups.values();
}

function countsOf(labels: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function latencyOf(attempts: readonly Attempt[]): Report['latency'] {
  if (attempts.length === 0) return null;
  const sorted = attempts.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  // Nearest rank: the smallest that at least this share of all does not exceed.
  const quantile = (q: number) => rounded(sorted[Math.ceil(q * sorted.length) - 1]!);
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** The report as a short table. */
export function formatReport(report: Report): string {
  const { sent, planned, duration, latency } = report;
  const rows: [label: string, value: string][] = [
    ['to', report.url],
    ['played', `${report.scenario} of ${report.provider}, payments: ${report.payments}`],
    ['seed', report.seed],
    ['sent', sent === planned ? `${sent} in ${seconds(duration)}` : `${sent} of ${planned}`],
    ['as expected', String(report.asExpected)],
    ['unexpected', String(report.unexpected)],
    [
      'answers',
      Object.entries(report.answers)
        .map(([label, n]) => `${n} × ${label}`)
        .join(', '),
    ],
  ];
  if (latency) {
    rows.push(['latency', `p50 ${latency.p50} ms, p99 ${latency.p99} ms, max ${latency.max} ms`]);
  }
  const table = rows.map(([label, value]) => `${label.padEnd(12)} ${value}\n`).join('');
  const shown = report.unexpectedAnswers.map((answer) => `  ${lineOf(answer)}\n`);
  const more = report.unexpected > shown.length ? `, the first ${shown.length}` : '';
  const list = shown.length === 0 ? '' : `\nUnexpected${more}:\n${shown.join('')}`;
  const hints = report.hints.length === 0 ? '' : `\n${report.hints.join('\n')}\n`;
  return table + list + hints;
}

function lineOf({ payment, step, expected, answer, detail }: UnexpectedAnswer): string {
  const reason = detail === null ? '' : ` (${detail})`;
  return `payment ${payment}, event ${step}: expected ${expected}, got ${answer}${reason}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
