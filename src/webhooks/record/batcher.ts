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
}

interface Waiting<T, R> {
  readonly item: T;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<T, R> {
  private readonly waiting: Waiting<T, R>[] = [];
  private running = 0;

  /** @param run answers with one result per item, in order, or rejects for all of them */
  constructor(
    private readonly run: (items: readonly T[]) => Promise<readonly R[]>,
    private readonly options: BatcherOptions,
  ) {}

  /** Resolves when the batch that took the item in is done. `bytes` is what it holds in memory. */
  add(item: T, bytes: number): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, bytes, resolve, reject });
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
