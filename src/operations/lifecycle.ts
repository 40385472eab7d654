import { Injectable } from '@nestjs/common';

/** The way out of the service: ready → draining → refusing. */
@Injectable()
export class Lifecycle {
  private stage: 'ready' | 'draining' | 'refusing' = 'ready';

  /** /readyz answers 503, so that no new work is sent here; what comes is still accepted. */
  get draining(): boolean {
    return this.stage !== 'ready';
  }

  /** New work is answered 503 `draining`; what is under way is finished. */
  get refusing(): boolean {
    return this.stage === 'refusing';
  }

  startDraining(): void {
    if (this.stage === 'ready') this.stage = 'draining';
  }

  startRefusing(): void {
    this.stage = 'refusing';
  }
}
