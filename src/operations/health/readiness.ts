import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { pendingMigrations, type Query } from '../../database/migrations.js';
import { PrismaService } from '../../database/prisma.service.js';
import { Lifecycle } from '../lifecycle.js';

/** The database is asked within this time, in milliseconds. */
const TIMEOUT = 1_000;

/** What must be so before work is sent here. */
@Injectable()
export class Readiness {
  private asking: Promise<readonly string[]> | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
    private readonly prisma: PrismaService,
  ) {}

  readonly checks: readonly HealthIndicatorFunction[] = [
    () => this.database(),
    () => this.shutdown(),
  ];

  private async database() {
    const indicator = this.indicators.check('database');
    const pending = await within(TIMEOUT, this.ask()).catch(() => null);
    if (pending === null) return indicator.down('does not answer');
    if (pending.length > 0) return indicator.down(`migrations are missing: ${pending.join(', ')}`);
    return indicator.up();
  }

  private shutdown() {
    const indicator = this.indicators.check('shutdown');
    return this.lifecycle.draining
      ? indicator.down('the service is shutting down')
      : indicator.up();
  }

  private readonly query: Query = async (sql) => (await this.prisma.pool.query<object>(sql)).rows;

  /** One question at a time: on a database that hangs, each probe would else take one more connection. */
  private ask(): Promise<readonly string[]> {
    return (this.asking ??= pendingMigrations(this.query).finally(() => (this.asking = null)));
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
