import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Get, Inject } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { PrismaService } from '../database/prisma.service.js';
import { AdminController } from '../operations/admin-controller.js';
import { SessionDto } from './session.dto.js';

const ROOT = path.join(import.meta.dirname, '..', '..');

@AdminController('session')
export class SessionController {
  private readonly version = versionOfService();

  constructor(
    private readonly prisma: PrismaService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Says to whom the token speaks: for a page that asks for it, to see that it is right. */
  @Get()
  @ApiOkResponse({ type: SessionDto })
  async read(): Promise<SessionDto> {
    const { rows } = await this.prisma.pool.query<{ name: string }>(
      'SELECT current_database() AS name',
    );
    return {
      version: this.version,
      embedded: this.settings.databaseUrl === null,
      databaseName: rows[0]!.name,
      publicUrl: this.settings.publicUrl,
      docs: this.settings.docs,
    };
  }
}

function versionOfService(): string {
  const text = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
