import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';

/** The OpenAPI document of all controllers. Complete only from `nest build`, which reads the comments. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('payment-webhooks')
    .setDescription(
      'Turns the webhooks of any payment provider into a table of payments. Amounts are integers in ' +
        'ISO 4217 minor units, exact at any size; times are UTC; errors are RFC 9457 problems.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The ADMIN_TOKEN' })
    .build();
  return SwaggerModule.createDocument(app, config);
}

/** Serves /docs and /openapi.json, unless DOCS is off. */
export function mountDocs(app: INestApplication): void {
  if (!app.get<Settings>(SETTINGS).docs) return;
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'payment-webhooks',
  });
}
