import { Injectable } from '@nestjs/common';

export interface Payment {
  readonly id: string;
  readonly version: number;
  /** Only in `payment.merged`: the payment that this one turned out to be. */
  readonly mergedInto?: string;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly type: string;
  readonly data: { readonly payment: Payment };
}

/**
 * The payments as this app knows them; a real one has a table. Messages come at least once, and one that
 * was retried by hand comes late: the greatest version of each payment counts, and nothing else.
 */
@Injectable()
export class Payments {
  private readonly greatest = new Map<string, Payment>();

  keep({ data: { payment } }: Message): void {
    const known = this.greatest.get(payment.id);
    if (known === undefined || payment.version > known.version) {
      this.greatest.set(payment.id, payment);
    }
  }

  /** Those that are payments still: one that was merged into another is told of as the other. */
  all(): Payment[] {
    return [...this.greatest.values()].filter(({ mergedInto }) => mergedInto === undefined);
  }
}
