import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import '@shopify/shopify-api/adapters/node';
import { privacyTopics, ShopifyEventsHeader, ShopifyHeader } from '@shopify/shopify-api';
import { getMetadataStorage } from 'class-validator';

import {
  ShopifyDisputeDto,
  ShopifyOrderDto,
  ShopifyRefundDto,
  ShopifyTransactionDto,
} from './shopify.dto.js';
import { SHOPIFY_TOPICS } from './shopify.normaliser.js';
import { shopifyProvider } from './shopify.provider.js';

/**
 * The official package lists no topic and no status, only the names of headers, the topics of privacy
 * and the fields of resources. What it has is compared; that it has no more is asserted too.
 */
describe("what is read is in the official package's types", () => {
  const admin = join(
    import.meta.dirname,
    '../../../node_modules/@shopify/shopify-api/dist/ts/rest/admin',
  );
  const newest = readdirSync(admin)
    .filter((version) => /^\d{4}-\d\d$/.test(version))
    .sort()
    .at(-1)!;
  const source = (resource: string) =>
    readFileSync(join(admin, newest, `${resource}.d.ts`), 'utf8');

  it.each<[string, new () => object, string[]]>([
    ['order', ShopifyOrderDto, []],
    ['transaction', ShopifyTransactionDto, []],
    ['refund', ShopifyRefundDto, []],
    // The package has it as a parameter of the search alone.
    ['dispute', ShopifyDisputeDto, ['initiated_at']],
  ])('the fields of the %s', (resource, Dto, missing) => {
    const fields = new Set(
      getMetadataStorage()
        .getTargetValidationMetadatas(Dto, '', false, false)
        .map(({ propertyName }) => propertyName),
    );
    const [, properties = ''] = source(resource).split('export declare class');
    const declared = [...properties.matchAll(/^ {4}(\w+): /gm)].map(([, field]) => field ?? '');
    expect(fields.size).toBeGreaterThan(2);
    expect([...fields].filter((field) => !declared.includes(field))).toEqual(missing);
  });

  it.each([
    ['order', 'financial_status'],
    ['transaction', 'kind'],
    ['transaction', 'status'],
    ['dispute', 'type'],
    ['dispute', 'status'],
  ])('the %s has no list of values for %s', (resource, field) => {
    expect(source(resource)).toMatch(new RegExp(`^ {4}${field}: string \\| null;$`, 'm'));
  });

  it('the names of the headers', () => {
    const kept = shopifyProvider.keepsHeaders ?? [];
    for (const header of [ShopifyHeader.Topic, ShopifyHeader.Domain, ShopifyHeader.WebhookId]) {
      expect(kept).toContain(header.toLowerCase());
    }
    const { Topic, Domain, WebhookId } = ShopifyEventsHeader;
    expect(kept).toEqual(expect.arrayContaining([Topic, Domain, WebhookId]));
    expect(kept).toHaveLength(6);
  });

  it('the topics of privacy move no payment', () => {
    const topics = privacyTopics.map((topic) => topic.toLowerCase().replace('_', '/'));
    expect(topics).toHaveLength(3);
    expect(topics.filter((topic) => SHOPIFY_TOPICS.has(topic))).toEqual([]);
  });
});
