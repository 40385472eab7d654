import { Inject, Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { Lifecycle } from '../operations/lifecycle.js';
import { Problem } from '../operations/problem.js';

/** What bodies under way may hold in memory, all together: as much as BODY_LIMIT can be for one. */
const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/** Why a delivery will not be recorded now; told only to who can sign. */
export type Refusal = 'draining' | 'overloaded';

/**
 * Bounds what is under way. A request beyond MAX_IN_FLIGHT is still read and verified, so that it
 * learns first what will not improve by coming again; beyond twice as many nothing is read.
 */
@Injectable()
export class Admission {
  private requests = 0;
  private bytes = 0;

  constructor(
    private readonly lifecycle: Lifecycle,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Takes a request in until its response is closed.
   * @throws {Problem} overloaded
   */
  enter(response: Response): Place {
    const { maxInFlight } = this.settings;
    if (this.requests >= 2 * maxInFlight) throw new Problem('overloaded');
    const refusal = this.refusal(maxInFlight);
    this.requests += 1;
    let held = 0;
    response.once('close', () => {
      this.requests -= 1;
      this.bytes -= held;
    });
    return {
      refusal,
      hold: (bytes) => {
        if (this.bytes + bytes > MAX_BYTES_IN_FLIGHT) return new Problem('overloaded');
        this.bytes += bytes;
        held += bytes;
        return null;
      },
    };
  }

  private refusal(maxInFlight: number): Refusal | null {
    if (this.lifecycle.refusing) return 'draining';
    return this.requests >= maxInFlight ? 'overloaded' : null;
  }
}

/** What a request was given at its entrance. */
export interface Place {
  readonly refusal: Refusal | null;
  /** Counts bytes that are kept in memory; answers why they cannot be, or null. */
  readonly hold: (bytes: number) => Problem | null;
}
