import { Injectable } from '@nestjs/common';

/** How many durations are kept. */
const KEPT = 10_000;

/** How long the providers waited for the answers of this process: the latest, in bounded memory. */
@Injectable()
export class Acknowledgements {
  private readonly latest: number[] = [];
  private total = 0;

  /** Takes in one answer to what was stored, in milliseconds from the first byte to the last. */
  add(milliseconds: number): void {
    this.latest[this.total % KEPT] = milliseconds;
    this.total += 1;
  }

  /** How many there were since the start of this process. */
  get count(): number {
    return this.total;
  }

  /**
   * What so many of 100 answers took at most, in milliseconds, for each of the percentages; null where
   * there was none yet.
   */
  percentiles(...percentages: number[]): (number | null)[] {
    const sorted = Float64Array.from(this.latest).sort();
    return percentages.map((p) => sorted[Math.ceil((p / 100) * sorted.length) - 1] ?? null);
  }
}
