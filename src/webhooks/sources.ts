import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings, type Source } from '../config/settings.js';

/** The configured sources by name. */
@Injectable()
export class Sources {
  private readonly byName: ReadonlyMap<string, Source>;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.byName = new Map(settings.sources.map((source) => [source.name, source]));
  }

  /** All of them, switched on or not, by name. */
  get all(): readonly Source[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** A source that is switched on, or undefined: who asks does not learn which of the two it is. */
  enabled(name: string): Source | undefined {
    const source = this.byName.get(name);
    return source?.enabled ? source : undefined;
  }

  /** A source, switched on or not: what was received stays readable. */
  find(name: string): Source | undefined {
    return this.byName.get(name);
  }
}
