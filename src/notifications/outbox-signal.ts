import { Injectable } from '@nestjs/common';

/**
 * Says within this process that the outbox has something new, so that it leaves at once. Only a nudge:
 * whoever listens also polls, since other processes write too and a signal may come while nobody waits.
 */
@Injectable()
export class OutboxSignal {
  private readonly listeners = new Set<() => void>();

  /** To be called after a commit that wrote or changed notifications. */
  raise(): void {
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` at each signal. @returns ends it */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
