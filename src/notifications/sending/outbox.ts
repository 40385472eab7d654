import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import {
  CLAIM,
  DELAY_FOLLOWERS,
  END_ATTEMPTS,
  GIVE_BACK,
  JUDGE_ENDPOINTS,
  PUT_ASIDE,
  RELEASE_NEXT,
  RENEW,
} from './sql.js';
import { type EndpointVerdict } from './verdict.js';

/**
 * Milliseconds for which a notification is one worker's. Renewed while it is being sent, so that it may
 * be short: after a crash another worker goes on when it has passed.
 */
export const LEASE = 20_000;

/** Attempts under way at once in this process: of one endpoint, and of all that share them equally. */
const SLOTS_OF_ENDPOINT = 10;
const SLOTS = 256;
/** Notifications that are due and looked at in one statement, of each endpoint. */
const LOOK = 100;
/** Days of nothing but failures after which an endpoint is paused. */
const FAILING_DAYS = 3;

/** A notification that a worker holds, and all that it takes to send it. */
export interface Claimed {
  readonly id: string;
  readonly endpointId: string;
  /** The name of the endpoint. */
  readonly endpoint: string;
  readonly fence: number;
  /** Attempts that have ended before. */
  readonly attempts: number;
  /** The exact text to send. */
  readonly body: string;
  readonly url: string;
  /** As stored; the former one too while it still signs. */
  readonly secrets: readonly string[];
}

export type Held = Pick<Claimed, 'id' | 'fence'>;

/** How an attempt ended. */
export interface EndedAttempt extends Held {
  readonly endpointId: string;
  readonly outcome: 'delivered' | 'pending' | 'dead';
  /** Milliseconds until the next attempt. */
  readonly delay: number;
  /** Milliseconds */
  readonly duration: number;
  readonly status: number | null;
  readonly answer: string | null;
  readonly error: string | null;
  readonly endpoint: EndpointVerdict;
}

/** An endpoint to which nothing is sent any more. */
export interface StoppedEndpoint {
  readonly id: string;
  readonly name: string;
  readonly status: 'paused' | 'off';
}

interface ClaimedRow {
  id: string;
  endpoint_id: string;
  endpoint: string;
  fence: number;
  attempts: number;
  body: string;
  url: string;
  secret: string;
  previous_secret: string | null;
}

/** What workers read and write of notifications. */
@Injectable()
export class Outbox {
  constructor(private readonly prisma: PrismaService) {}

  /** Claims what may be sent now. @param underWay attempts under way here, by the id of the endpoint */
  async claim(underWay: ReadonlyMap<string, number>): Promise<Claimed[]> {
    const busy = JSON.stringify(Object.fromEntries(underWay));
    const { rows } = await this.prisma.pool.query<ClaimedRow>(CLAIM, [
      busy,
      SLOTS_OF_ENDPOINT,
      SLOTS,
      LOOK,
      LEASE,
    ]);
    return rows.map(({ endpoint_id: endpointId, secret, previous_secret, ...row }) => ({
      ...row,
      endpointId,
      secrets: previous_secret === null ? [secret] : [secret, previous_secret],
    }));
  }

  /** Lets what waits for earlier versions be due with them. @returns how many were put aside */
  async putAside(): Promise<number> {
    const { rowCount } = await this.prisma.pool.query(PUT_ASIDE, [LOOK]);
    return rowCount ?? 0;
  }

  /** Lengthens leases. @returns the ids of what is still held */
  async renew(held: readonly Held[]): Promise<Set<string>> {
    const { rows } = await this.prisma.pool.query<{ id: string }>(RENEW, [
      ...columnsOf(held),
      LEASE,
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Makes due at once what was claimed and not sent to the end. */
  async giveBack(held: readonly Held[]): Promise<void> {
    await this.prisma.pool.query(GIVE_BACK, columnsOf(held));
  }

  /**
   * Writes how attempts ended, all in one transaction. One whose notification is no longer held, since
   * its lease ran out and another worker claimed it, leaves nothing.
   *
   * @returns endpoints that this has stopped
   */
  async end(attempts: readonly EndedAttempt[]): Promise<StoppedEndpoint[]> {
    return this.prisma.commitTogether(async (sql) => {
      const rows = await sql.query<{ id: string }>(END_ATTEMPTS, [
        JSON.stringify(attempts),
        attempts.map(({ id }) => id),
      ]);
      const written = new Set(rows.rows.map(({ id }) => id));
      const ids = [...written];
      const verdicts = verdictsOf(attempts.filter(({ id }) => written.has(id)));
      const [stopped] = await Promise.all([
        sql.query<StoppedEndpoint>(JUDGE_ENDPOINTS, [JSON.stringify(verdicts), FAILING_DAYS]),
        sql.query(RELEASE_NEXT, [ids]),
        sql.query(DELAY_FOLLOWERS, [ids]),
      ]);
      return stopped.rows.filter(({ status }) => status === 'paused' || status === 'off');
    });
  }
}

function columnsOf(held: readonly Held[]): [ids: string[], fences: number[]] {
  return [held.map(({ id }) => id), held.map(({ fence }) => fence)];
}

/** One verdict for each endpoint, sorted, since two workers may write of the same. */
function verdictsOf(attempts: readonly EndedAttempt[]) {
  const verdicts = new Map<string, EndpointVerdict>();
  for (const { endpointId, endpoint } of attempts) {
    const before = verdicts.get(endpointId);
    if (before === 'gone' || (before === 'working' && endpoint === 'failing')) continue;
    verdicts.set(endpointId, endpoint);
  }
  return [...verdicts].sort().map(([id, verdict]) => ({ id, verdict }));
}
