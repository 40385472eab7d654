import { type INestApplication, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { type Settings } from './config/settings.js';
import { mountDashboard } from './dashboard/page.js';
import { asOne } from './http/as-one.js';
import { dropUnread } from './http/drop-unread.js';
import { WebhooksExpressAdapter } from './http/express.adapter.js';
import { refuseAmbiguous } from './http/refuse-ambiguous.js';
import { readTarget } from './http/request-target.js';
import { browserHeaders } from './operations/browser-headers.js';
import { mountDocs } from './operations/openapi.js';
import { requestLog } from './operations/request-log.js';
import { WebhookObserver } from './webhooks/webhook-observer.js';

/** No body is parsed here: those of webhooks are read as bytes by their edge, JSON of /api by its guard. */
export const APPLICATION_OPTIONS = { bodyParser: false, bufferLogs: false } as const;

/** What the service and its tests have in common, beside the modules. Before `init()`. */
export function configureHttp(app: INestApplication): void {
  const log = requestLog(app.get(WebhookObserver));
  app.use(asOne(log, dropUnread, refuseAmbiguous, readTarget, browserHeaders()));
  mountDocs(app);
  mountDashboard(app);
}

export async function createApplication(
  settings: Settings,
  databaseUrl: string,
  logger: LoggerService,
): Promise<INestApplication> {
  const app = await NestFactory.create(
    AppModule.forRoot(settings, databaseUrl),
    new WebhooksExpressAdapter(),
    { ...APPLICATION_OPTIONS, logger, abortOnError: false },
  );
  configureHttp(app);
  return app;
}
