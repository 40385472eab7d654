import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../../config/settings.module.js';
import { type Settings } from '../../config/settings.js';
import { PrismaService } from '../../database/prisma.service.js';
import { isUuid, pageOf, type Page } from '../../operations/cursor.js';
import { newId } from '../../operations/ids.js';
import { Problem } from '../../operations/problem.js';
import { OutboxSignal } from '../outbox-signal.js';
import { LEASE } from '../sending/outbox.js';
import { ENDPOINT_SELECTION, endpointAnswer, type SelectedEndpoint } from './endpoint-answer.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import {
  ENVIRONMENT_ENDPOINT,
  OVERLAP_DEFAULT_SECONDS,
  type CreateEndpointDto,
  type EndpointDto,
  type EndpointsQueryDto,
  type EndpointWithSecretDto,
  type UpdateEndpointDto,
} from './endpoint.dto.js';

/** Rows of one statement; bounds how long locks are held. */
const BATCH = 1000;

/** The endpoints, as an operator makes and changes them. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly secrets: EndpointSecrets,
    private readonly signal: OutboxSignal,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'notify'>,
  ) {}

  async create(endpoint: CreateEndpointDto): Promise<EndpointWithSecretDto> {
    const { name, url, types = [], sources = [] } = endpoint;
    const id = newId();
    const secret = this.secrets.generate();
    const now = new Date();
    const row = await this.prisma.endpoint
      .create({
        data: {
          id,
          name,
          url,
          types,
          sources,
          status: 'active',
          secret: this.secrets.seal(secret, id),
          createdAt: now,
          updatedAt: now,
        },
        select: ENDPOINT_SELECTION,
      })
      .catch(refused(name));
    return { ...endpointAnswer(row), secret };
  }

  /** A page by id descending, so newest first. */
  async list({ cursor, limit }: EndpointsQueryDto): Promise<Page<EndpointDto>> {
    const rows = await this.prisma.endpoint.findMany({
      where: { id: cursor === undefined ? undefined : { lt: cursor } },
      select: ENDPOINT_SELECTION,
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, endpointAnswer);
  }

  async find(id: string): Promise<EndpointDto> {
    return endpointAnswer(await this.row(id));
  }

  async update(id: string, changes: UpdateEndpointDto): Promise<EndpointDto> {
    const before = await this.row(id);
    const { status, ...fields } = changes;
    const named = Object.values(fields).some((value) => value !== undefined);
    if (!named && status === undefined) {
      throw new Problem('validation_failed', {
        detail:
          'Nothing is named that should change. Send one of name, url, types, sources, status.',
      });
    }
    if (named && before.name === ENVIRONMENT_ENDPOINT) {
      throw ofEnvironment('Of this endpoint only status can be changed here. Change NOTIFY_URL');
    }
    const row = await this.prisma.endpoint
      .update({
        where: { id },
        data: { ...fields, ...statusChange(status, before), updatedAt: new Date() },
        select: ENDPOINT_SELECTION,
      })
      .catch(refused(fields.name));
    if (status === 'active') await this.bringForward(id);
    return endpointAnswer(row);
  }

  /** @param overlapSeconds for how long the old secret signs beside the new one */
  async rotateSecret(
    id: string,
    overlapSeconds = OVERLAP_DEFAULT_SECONDS,
  ): Promise<EndpointWithSecretDto> {
    const { name } = await this.row(id);
    if (name === ENVIRONMENT_ENDPOINT) {
      throw ofEnvironment('The secret of this endpoint is NOTIFY_SECRET. Change that');
    }
    const secret = this.secrets.generate();
    const sealed = this.secrets.seal(secret, id);
    // In one statement, so that no secret is lost between two rotations at once.
    await this.prisma.$executeRaw`
      UPDATE endpoints
      SET previous_secret = CASE WHEN ${overlapSeconds}::int > 0 THEN secret END,
          previous_secret_until =
            CASE WHEN ${overlapSeconds}::int > 0 THEN now() + ${overlapSeconds}::int * interval '1 second' END,
          secret = ${sealed}, updated_at = now()
      WHERE id = ${id}::uuid`;
    return { ...(await this.find(id)), secret };
  }

  /**
   * Deletes an endpoint and what it was told, in bounded statements: it is switched off first, so that
   * nothing is added and nothing is sent meanwhile. A deletion that broke off can be called for again.
   */
  async delete(id: string): Promise<void> {
    const { name } = await this.row(id);
    if (name === ENVIRONMENT_ENDPOINT && this.settings.notify !== null) {
      throw ofEnvironment(
        'This endpoint is made of NOTIFY_URL. To be rid of it, remove NOTIFY_URL',
      );
    }
    await this.prisma.endpoint.updateMany({
      where: { id },
      data: { status: 'off', statusReason: 'operator', updatedAt: new Date() },
    });
    await this.deleteNotifications(id);
    await this.prisma.endpoint.deleteMany({ where: { id } });
  }

  /** Deletes an endpoint's notifications, and their messages where no other endpoint has them. */
  private async deleteNotifications(endpointId: string): Promise<void> {
    for (let after: string | undefined; ;) {
      const rows = await this.prisma.notification.findMany({
        where: { endpointId, id: { gt: after } },
        select: { id: true, paymentId: true, version: true },
        orderBy: { id: 'asc' },
        take: BATCH,
      });
      after = rows.at(-1)?.id;
      if (after === undefined) return;
      await this.prisma.notification.deleteMany({
        where: { id: { in: rows.map(({ id }) => id) } },
      });
      await this.prisma.$executeRaw`
        DELETE FROM messages m
        USING unnest(${rows.map((r) => r.paymentId)}::uuid[], ${rows.map((r) => r.version)}::int[])
          AS t(payment_id, version)
        WHERE (m.payment_id, m.version) = (t.payment_id, t.version)
          AND NOT EXISTS (SELECT 1 FROM notifications n
                          WHERE (n.payment_id, n.version) = (m.payment_id, m.version))`;
    }
  }

  /** Makes due what waits for its next attempt: whoever resumes an endpoint expects it to be told now. */
  private async bringForward(endpointId: string): Promise<void> {
    for (let count = BATCH; count === BATCH;) {
      count = await this.prisma.$executeRaw`
        UPDATE notifications SET due_at = now()
        WHERE status = 'pending' AND id = ANY(ARRAY(
          SELECT id FROM notifications
          WHERE endpoint_id = ${endpointId}::uuid AND status = 'pending'
            -- One that is due later is in no worker's hands.
            AND due_at > now() + ${LEASE}::int * interval '1 millisecond'
          LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED))`;
    }
    this.signal.raise();
  }

  private async row(id: string): Promise<SelectedEndpoint> {
    const row = isUuid(id)
      ? await this.prisma.endpoint.findUnique({ where: { id }, select: ENDPOINT_SELECTION })
      : null;
    if (row) return row;
    throw endpointNotFound();
  }
}

/** A new start: what failed before is not held against an endpoint that is resumed. */
function statusChange(status: 'active' | 'paused' | undefined, before: SelectedEndpoint) {
  if (status === 'active') return { status, statusReason: null, failingSince: null };
  // Pausing what is paused already does not change why.
  if (status === 'paused' && before.status !== 'paused')
    return { status, statusReason: 'operator' };
  return {};
}

function ofEnvironment(cure: string): Problem {
  return new Problem('conflict', { detail: `${cure} in the environment and start again.` });
}

function endpointNotFound(): Problem {
  return new Problem('not_found', {
    detail: 'No endpoint has this id. Take the id from GET /api/endpoints.',
  });
}

/** For `catch`: what an endpoint that is written may meet, by Prisma's codes. */
function refused(name: string | undefined): (error: unknown) => never {
  return (error) => {
    const { code } = error as { code?: unknown };
    if (code === 'P2025') throw endpointNotFound();
    if (code !== 'P2002') throw error;
    throw new Problem('conflict', {
      detail: `Another endpoint is named ${name}. Give this one a name of its own.`,
    });
  };
}
