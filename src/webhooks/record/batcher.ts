/**
 * Group commit by natural coalescing: what arrives while a batch is on its way is the next batch.
 * There is no timer, so that nothing waits for company that does not come.
 */
export interface BatcherOptions {
  /** Batches under way at once. */
  readonly concurrency: number;
  readonly maxItems: number;
  /** Of one batch; a single item may be larger. */
  readonly maxBytes: number;
  /** Milliseconds after which an item is given up, whether it still waits or is under way. */
  readonly patience: number;
}

/** The batch was not done in time. An item that was under way may have been taken in all the same. */
export class BatchTimeout extends Error {
  constructor() {
    super('the batch was not done in time');
  }
}

interface Waiting<T, R> {
  readonly item: T;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
  settled?: () => void;
}

export class Batcher<T, R> {
  private readonly waiting: Waiting<T, R>[] = [];
  private running = 0;

  /** @param run answers with one result per item, in order, or rejects for all of them */
  constructor(
    private readonly run: (items: readonly T[]) => Promise<readonly R[]>,
    private readonly options: BatcherOptions,
  ) {}

  /**
   * Resolves when the batch that took the item in is done. `bytes` is what it holds in memory.
   * @throws {BatchTimeout}
   */
  add(item: T, bytes: number): Promise<R> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting<T, R> = { item, bytes, resolve, reject };
      // Given up means gone: what nobody waits for any more must not fill the memory.
      const timer = setTimeout(() => {
        const place = this.waiting.indexOf(waiting);
        if (place >= 0) this.waiting.splice(place, 1);
        reject(new BatchTimeout());
      }, this.options.patience);
      waiting.settled = () => clearTimeout(timer);
      this.waiting.push(waiting);
      if (this.running < this.options.concurrency) void this.next();
    });
  }

  private async next(): Promise<void> {
    this.running += 1;
    // Requests read in the same turn of the event loop belong together.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const batch = this.take();
      try {
        const results = await this.run(batch.map((w) => w.item));
        batch.forEach((w, i) => w.resolve(results[i]!));
      } catch (error) {
        for (const w of batch) w.reject(error);
      }
      for (const w of batch) w.settled?.();
    }
    this.running -= 1;
  }

  private take(): Waiting<T, R>[] {
    let count = 0;
    let bytes = 0;
    for (const w of this.waiting) {
      const fits = count < this.options.maxItems && bytes + w.bytes <= this.options.maxBytes;
      if (count > 0 && !fits) break;
      count += 1;
      bytes += w.bytes;
    }
    return this.waiting.splice(0, count);
  }
}
