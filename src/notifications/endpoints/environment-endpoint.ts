import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SETTINGS } from '../../config/settings.module.js';
import { type NotifySettings, type Settings } from '../../config/settings.js';
import { PrismaService } from '../../database/prisma.service.js';
import { type Prisma } from '../../generated/prisma/client.js';
import { newId } from '../../operations/ids.js';
import { isDatabaseUnavailable } from '../../operations/prisma-errors.js';
import { checkEndpointUrl } from '../outbound/endpoint-url.js';
import { OutboundRules } from '../outbound/outbound-rules.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { ENVIRONMENT_ENDPOINT, OVERLAP_DEFAULT_SECONDS } from './endpoint.dto.js';

/**
 * Makes at the start the endpoint `environment` what NOTIFY_URL and NOTIFY_SECRET say, and sees that
 * every secret can be opened. Several processes may start at once, also with different variables: the
 * last one wins, and a secret that another one has set signs on beside it for a day.
 */
@Injectable()
export class EnvironmentEndpoint implements OnModuleInit {
  private readonly logger = new Logger(EnvironmentEndpoint.name);

  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: EndpointSecrets,
    private readonly rules: OutboundRules,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'notify'>,
  ) {}

  async onModuleInit(): Promise<void> {
    const { notify } = this.settings;
    if (notify !== null) {
      await this.openSecrets();
      await this.set(notify);
      return;
    }
    try {
      await this.openSecrets();
      await this.pause();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      // Nothing that is to be told hangs on it, and what the service is for has its own answer to this.
      this.logger.error({ msg: 'the endpoints were not looked at', err: error });
    }
  }

  /** @throws SealedSecretError where ENCRYPTION_KEY does not open one: known now, not at the first sending */
  private async openSecrets(): Promise<void> {
    const rows = await this.prisma.endpoint.findMany({
      select: { id: true, secret: true, previousSecret: true },
    });
    for (const { id, ...stored } of rows) {
      const secret = this.secrets.open(stored.secret, id);
      const previous =
        stored.previousSecret === null ? null : this.secrets.open(stored.previousSecret, id);
      const isStale = [stored.secret, stored.previousSecret].some(
        (one) => one !== null && this.secrets.isStale(one, id),
      );
      if (!isStale) continue;
      await this.prisma.endpoint.updateMany({
        // Unless somebody has rotated it meanwhile.
        where: { id, ...stored },
        data: {
          secret: this.secrets.seal(secret, id),
          previousSecret: previous === null ? null : this.secrets.seal(previous, id),
        },
      });
    }
  }

  /** @throws an Error with the cure where the address may not be called */
  private async set({ url, secret }: NotifySettings): Promise<void> {
    const fault = await checkEndpointUrl(url, this.rules);
    if (fault !== null) throw new Error(`NOTIFY_URL ${fault.problem}. ${fault.cure}`);
    await this.prisma.$transaction(async (tx) => {
      const newEndpointId = newId();
      const now = new Date();
      await tx.endpoint.createMany({
        data: {
          id: newEndpointId,
          name: ENVIRONMENT_ENDPOINT,
          url,
          status: 'active',
          secret: this.secrets.seal(secret, newEndpointId),
          createdAt: now,
          updatedAt: now,
        },
        skipDuplicates: true,
      });
      // Processes that start at once follow each other.
      await tx.$queryRaw`SELECT 1 FROM endpoints WHERE name = ${ENVIRONMENT_ENDPOINT} FOR UPDATE`;
      const row = await tx.endpoint.findUniqueOrThrow({ where: { name: ENVIRONMENT_ENDPOINT } });
      const data: Prisma.EndpointUpdateInput = {};
      if (row.url !== url) Object.assign(data, { url, failingSince: null });
      if (row.statusReason === 'unset' || (row.url !== url && givenUp(row))) {
        Object.assign(data, { status: 'active', statusReason: null, failingSince: null });
      }
      if (this.secrets.open(row.secret, row.id) !== secret) {
        Object.assign(data, {
          secret: this.secrets.seal(secret, row.id),
          previousSecret: row.secret,
          previousSecretUntil: new Date(now.getTime() + OVERLAP_DEFAULT_SECONDS * 1000),
        });
      }
      if (Object.keys(data).length === 0) return;
      await tx.endpoint.update({ where: { id: row.id }, data: { ...data, updatedAt: now } });
    });
  }

  /** Paused rather than deleted, so that nothing queued is lost by a variable that is missing once. */
  private async pause(): Promise<void> {
    const { count } = await this.prisma.endpoint.updateMany({
      where: { name: ENVIRONMENT_ENDPOINT, status: 'active' },
      data: { status: 'paused', statusReason: 'unset', updatedAt: new Date() },
    });
    if (count === 0) return;
    this.logger.warn(
      'NOTIFY_URL is not set: the endpoint "environment" of an earlier start is paused, and what it is to be ' +
        'told is kept. Set NOTIFY_URL again, or delete the endpoint by DELETE /api/endpoints/<id>.',
    );
  }
}

/** The service has stopped sending by itself; one that an operator paused stays so. */
function givenUp({ statusReason }: { statusReason: string | null }): boolean {
  return statusReason === 'failing' || statusReason === 'gone';
}
