/** A run from its first batch to its last, or to where it is stopped. */
import { ndjsonOf } from '../../events/replay/answer-run.js';
import { type PaymentDifference } from '../../events/replay/difference.js';
import { addSummaries, NOTHING, type ReapplyStep } from '../../events/replay/replay.service.js';
import { isDatabaseUnavailable } from '../../operations/prisma-errors.js';
import { type ReapplyCommand } from './options.js';
import { ReaderGoneError } from './output.js';
import { type Progress } from './progress.js';
import { formatDifference, formatSummary } from './report.js';
import { exitCodeOf, type Stop } from './stop.js';

/** What is to be done. */
export interface Work {
  readonly steps: AsyncIterable<ReapplyStep>;
  /** How many there are in all. It may be slow, and may fail: the progress does without it. */
  count(this: void): Promise<number>;
}

/** Where a run writes, and who may stop it. */
export interface Surroundings {
  /** Resolves when the text is taken. */
  out(this: void, text: string): Promise<void>;
  err(this: void, text: string): void;
  readonly progress: Progress;
  readonly stop: Stop;
}

/**
 * Does the work and reports it: differences as they come, the counts at the end. Nothing is kept but
 * the counts.
 *
 * @returns the exit code
 * @throws Error that says what failed, how far it got, and how to go on
 */
export async function runToEnd(
  work: Work,
  command: ReapplyCommand,
  surroundings: Surroundings,
): Promise<number> {
  try {
    return await runAndReport(work, command, surroundings);
  } catch (error) {
    if (error instanceof ReaderGoneError) return exitCodeOf('SIGPIPE');
    throw error;
  }
}

async function runAndReport(
  work: Work,
  command: ReapplyCommand,
  { out, err, progress, stop }: Surroundings,
): Promise<number> {
  const { dryRun, json } = command;
  let total: number | null = null;
  let sum = NOTHING;
  let last = command.after;
  let failure: unknown = null;
  let stoppedBy = stop.signal;
  try {
    if (stoppedBy === null) {
      // Beside the first batches: a large table takes a while to count.
      work.count().then(
        (count) => (total = count),
        () => undefined,
      );
      for await (const step of work.steps) {
        sum = addSummaries(sum, step.summary);
        last = step.last;
        if (dryRun && step.differences.length > 0) {
          progress.clear();
          await out(textOf(step.differences, json));
        }
        progress.update(sum.matched, total);
        stoppedBy = stop.signal;
        if (stoppedBy !== null) break;
      }
    }
  } catch (error) {
    if (error instanceof ReaderGoneError) throw error;
    failure = error;
  }
  progress.clear();
  // As JSON the output of a dry run is payments, and nothing else among them.
  if (dryRun && json) err(formatSummary(sum));
  else await out(json ? `${JSON.stringify(sum)}\n` : formatSummary(sum));

  const place = last === undefined ? 'It had done nothing.' : `It got as far as ${last}.`;
  const goOn = `${place} To go on:\n  ${command.goingOn(last)}`;
  if (failure !== null) throw new Error(`${sentenceOf(failure)} ${goOn}`);
  if (stoppedBy === null) return 0;
  err(`Stopped by ${stoppedBy}. ${goOn}\n`);
  return exitCodeOf(stoppedBy);
}

function textOf(differences: readonly PaymentDifference[], json: boolean): string {
  return json ? ndjsonOf(differences) : differences.map(formatDifference).join('');
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return isDatabaseUnavailable(error)
    ? `The database is away or did not answer in time (${line}).`
    : `${line}.`;
}
