import { type DynamicModule, Module } from '@nestjs/common';
import { SettingsModule } from './config/settings.module.js';
import { type Settings } from './config/settings.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

@Module({})
export class AppModule {
  /** @param databaseUrl the database in use: DATABASE_URL, or the embedded Postgres that was started */
  static forRoot(settings: Settings, databaseUrl: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(settings),
        DatabaseModule.forRoot({ url: databaseUrl, poolSize: settings.databasePoolSize }),
        MetricsModule,
        OperationsModule,
        WebhooksModule,
        PaymentsModule,
        EventsModule,
        NotificationsModule,
        DashboardModule,
      ],
    };
  }
}
