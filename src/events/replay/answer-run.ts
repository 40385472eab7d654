import { type Response } from 'express';
import { stringifyJson } from '../../json/stringify-json.js';
import { type PaymentDifference } from './difference.js';
import { type ReapplySummaryDto } from './replay.dto.js';
import { addSummaries, NOTHING, type ReapplyStep } from './replay.service.js';

/** Runs to the end and answers with the sums. */
export async function summarise(steps: AsyncIterable<ReapplyStep>): Promise<ReapplySummaryDto> {
  let sum = NOTHING;
  for await (const step of steps) sum = addSummaries(sum, step.summary);
  return sum;
}

/** Streams the differences as NDJSON, one payment a line, as fast as the client reads them. */
export async function streamDifferences(
  steps: AsyncIterable<ReapplyStep>,
  response: Response,
): Promise<void> {
  response.type('application/x-ndjson');
  for await (const { differences } of steps) {
    const lines = ndjsonOf(differences);
    if (response.destroyed) return;
    if (lines !== '' && !response.write(lines)) {
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
  }
  response.end();
}

/** The lines of a dry run, one payment a line. */
export function ndjsonOf(differences: readonly PaymentDifference[]): string {
  return differences.map((difference) => `${stringifyJson(difference)}\n`).join('');
}
