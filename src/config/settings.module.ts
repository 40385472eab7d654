/** Gives the settings to every class that asks for them by `@Inject(SETTINGS) settings: Settings`. */
import { type DynamicModule, Module } from '@nestjs/common';
import { type Settings } from './settings.js';

export const SETTINGS = Symbol('SETTINGS');

@Module({})
export class SettingsModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: SETTINGS, useValue: settings }],
      exports: [SETTINGS],
    };
  }
}
