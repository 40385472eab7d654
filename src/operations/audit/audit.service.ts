import { Injectable, Logger } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { type AuditEntry, type Prisma } from '../../generated/prisma/client.js';
import { pageOf, type Page } from '../cursor.js';
import { newId } from '../ids.js';
import { type AuditEntryDto } from './audit.dto.js';
import { type AuditQueryDto } from './audit-query.dto.js';

/** Who does what to what. */
export interface Act {
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

/** The book of what operators did. Entries are added; none is changed after its outcome, none removed. */
@Injectable()
export class AuditService {
  private readonly logger = new Logger(AuditService.name);

  constructor(private readonly prisma: PrismaService) {}

  /**
   * Writes down what is about to be done; resolves with the id of the entry.
   * @throws what the database says: what cannot be written down is not done
   */
  async start({ parameters, ...act }: Act): Promise<string> {
    const id = newId();
    await this.prisma.auditEntry.create({
      data: {
        ...act,
        id,
        at: new Date(),
        parameters: parameters as Prisma.InputJsonObject,
        outcome: 'started',
      },
    });
    return id;
  }

  /** Writes down how it ended. It is done by then, so a failure to write is for the log only. */
  async end(id: string, outcome: string): Promise<void> {
    try {
      await this.prisma.auditEntry.update({ where: { id }, data: { outcome } });
    } catch (err) {
      this.logger.error({ msg: 'the outcome of an audited action was not kept', outcome, err });
    }
  }

  /** A page by id descending, so newest first. */
  async list(query: AuditQueryDto): Promise<Page<AuditEntryDto>> {
    const { actor, action, target, outcome, from, to, cursor, limit } = query;
    const rows = await this.prisma.auditEntry.findMany({
      where: {
        id: cursor === undefined ? undefined : { lt: cursor },
        actor,
        action,
        target,
        outcome,
        at: from || to ? { gte: from, lt: to } : undefined,
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    return pageOf(rows, limit, entryAnswer);
  }
}

function entryAnswer(row: AuditEntry): AuditEntryDto {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    parameters: row.parameters,
    requestId: row.requestId,
    outcome: row.outcome,
  };
}
