interface Loaded<T> {
  readonly value: T;
  /** How long it may be kept, in milliseconds. */
  readonly keepFor: number;
}

/** Values more than these have no use: certificates of a few years, tokens of a few sources. */
const MAX_KEPT = 32;
/** Strangers can name addresses that PayPal does not have; these many of them are asked for at once. */
const MAX_LOADING = 8;

/**
 * Values that are loaded when they are first needed and kept for a while. Who asks while one is being
 * loaded waits for the same load. A load that fails is not kept: the next who asks loads again.
 */
export class SharedCache<T> {
  private readonly kept = new Map<string, { readonly value: T; readonly until: number }>();
  private readonly loading = new Map<string, Promise<T>>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number) {}

  async get(key: string, load: () => Promise<Loaded<T>>): Promise<T> {
    const kept = this.kept.get(key);
    if (kept !== undefined && this.now() < kept.until) return kept.value;

    const underWay = this.loading.get(key);
    if (underWay !== undefined) return underWay;
    if (this.loading.size >= MAX_LOADING) throw new Error('too many loads at once');
    const loading = load()
      .then(({ value, keepFor }) => this.keep(key, value, keepFor))
      .finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  forget(key: string): void {
    this.kept.delete(key);
  }

  private keep(key: string, value: T, keepFor: number): T {
    this.kept.delete(key);
    this.kept.set(key, { value, until: this.now() + keepFor });
    // A Map is in order of insertion: the first is the one loaded longest ago.
    const [oldest] = this.kept.keys();
    if (this.kept.size > MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return value;
  }
}
