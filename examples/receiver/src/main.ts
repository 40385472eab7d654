import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const secret = process.env.NOTIFY_SECRET;
if (secret === undefined) {
  console.error('NOTIFY_SECRET is not set. Set the secret of the endpoint, whsec_…');
  process.exit(1);
}
// rawBody: the signature is over the bytes as they came, not over JSON that was parsed and written again.
const app = await NestFactory.create(AppModule.forRoot(secret), { rawBody: true });
await app.listen(process.env.PORT ?? 4000, '127.0.0.1');
