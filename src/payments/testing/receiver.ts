/**
 * The user's app as docs/notifications.md asks it to be: it keeps the greatest version of each payment,
 * ignores the rest and obeys `payment.merged`.
 */
export class Receiver<P extends { readonly id: string; readonly version: number }> {
  /** What the app believes of each payment; null for one that was joined into another. */
  readonly payments = new Map<string, P | null>();
  private readonly versions = new Map<string, number>();

  take(type: string, payment: P): void {
    if (payment.version <= (this.versions.get(payment.id) ?? 0)) return;
    this.versions.set(payment.id, payment.version);
    this.payments.set(payment.id, type === 'payment.merged' ? null : payment);
  }

  living(): P[] {
    return [...this.payments.values()].filter((payment) => payment !== null);
  }
}
