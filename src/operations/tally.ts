import { Logger } from '@nestjs/common';

/** Milliseconds between two countings at least. */
const PAUSE = 2_000;
/** And so many times as long as the last one took: no more than a tenth of a database core goes into it. */
const REST = 9;

export interface Counted<T> {
  readonly value: T;
  /** When its counting began. */
  readonly asOf: Date;
}

/**
 * Something that is dear to count in a big database: counted anew when somebody asks, but never twice
 * at once, and the seldomer the longer it takes. Who asks meanwhile is given what was counted before.
 */
export class Tally<T> {
  private static readonly logger = new Logger(Tally.name);
  private latest: Counted<T> | null = null;
  private counting: Promise<void> | null = null;
  private restUntil = -Infinity;

  /**
   * @param name for the log
   * @param count counts; where it fails, what was counted before stays
   * @param elapsed milliseconds that never go back
   */
  constructor(
    private readonly name: string,
    private readonly count: () => Promise<T>,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /**
   * What was counted last; null while it is counted for the first time.
   * @param patience milliseconds to wait for a counting that is under way
   */
  async read(patience: number): Promise<Counted<T> | null> {
    if (this.counting === null && this.elapsed() >= this.restUntil) {
      this.counting = this.begin().finally(() => (this.counting = null));
    }
    if (this.counting !== null) await within(patience, this.counting);
    return this.latest;
  }

  private async begin(): Promise<void> {
    const asOf = new Date();
    const begin = this.elapsed();
    try {
      this.latest = { value: await this.count(), asOf };
    } catch (err) {
      Tally.logger.warn({ msg: `${this.name} could not be counted`, err });
    } finally {
      const end = this.elapsed();
      this.restUntil = end + Math.max(PAUSE, REST * (end - begin));
    }
  }
}

/** Waits for `work`, but not longer than that. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
