import { Inject, Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { SETTINGS } from '../../config/settings.module.js';
import { type Settings } from '../../config/settings.js';
import { Problem } from '../../operations/problem.js';
import { validationPipe } from '../../operations/validation.js';
import { type FieldError } from '../../providers/provider.js';
import { checkEndpointUrl } from '../outbound/endpoint-url.js';
import { OutboundRules } from '../outbound/outbound-rules.js';

/**
 * Reads the body about an endpoint: its form, whether its sources are configured, and whether its
 * address may be called. All that is wrong is named at once.
 */
@Injectable()
export class EndpointBodyPipe implements PipeTransform {
  private readonly form = validationPipe();
  private readonly sources: ReadonlySet<string>;

  constructor(
    @Inject(SETTINGS) { sources }: Pick<Settings, 'sources'>,
    private readonly rules: OutboundRules,
  ) {
    this.sources = new Set(sources.map(({ name }) => name));
  }

  async transform(body: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const errors: FieldError[] = [];
    const dto: unknown = await this.form.transform(body, metadata).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.errors === null) throw error;
      errors.push(...error.errors);
    });
    const wrong = [...this.unknownSources(body), ...(await this.refusedUrl(body))];
    errors.push(...wrong.filter(({ field }) => errors.every((error) => error.field !== field)));
    if (errors.length > 0) throw new Problem('validation_failed', { errors });
    return dto;
  }

  private unknownSources(body: unknown): FieldError[] {
    const { sources } = (body ?? {}) as { sources?: unknown };
    if (!Array.isArray(sources) || sources.every((name) => this.sources.has(name as string))) {
      return [];
    }
    const known = this.sources.size > 0 ? [...this.sources].join(', ') : 'none, there is no source';
    return [{ field: 'sources', message: `sources may have the names of sources: ${known}` }];
  }

  private async refusedUrl(body: unknown): Promise<FieldError[]> {
    const { url } = (body ?? {}) as { url?: unknown };
    if (typeof url !== 'string') return [];
    const fault = await checkEndpointUrl(url, this.rules);
    return fault === null ? [] : [{ field: 'url', message: `url ${fault.problem}. ${fault.cure}` }];
  }
}
