import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SETTINGS, SettingsModule } from './settings.module.js';
import { type Settings } from './settings.js';

@Injectable()
class Reader {
  constructor(@Inject(SETTINGS) readonly settings: Settings) {}
}

@Module({ providers: [Reader] })
class FeatureModule {}

it('SettingsModule gives the settings to every module, without an import', async () => {
  const settings = { port: 1234 } as Settings;

  @Module({ imports: [SettingsModule.forRoot(settings), FeatureModule] })
  class AppModule {}

  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  expect(app.get(Reader, { strict: false }).settings).toBe(settings);
  await app.close();
});
