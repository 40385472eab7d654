/** A database URL, taken apart. */
import { parse, parseIntoClientConfig } from 'pg-connection-string';
import { type ClientConfig } from 'pg';

/**
 * The fields of a connection URL, TLS and options included. Prisma's migration engine needs them:
 * with a URL, its shadow database would be the real one.
 */
export function connectionFields(url: string): ClientConfig {
  return { ...parseIntoClientConfig(url), application_name: 'payment-webhooks' };
}

/** host:port/database: a connection as it may be shown, without user and password. */
export function describeConnection(url: string): string {
  try {
    const { host, port, database } = parse(url);
    return `${host ?? 'localhost'}:${port || 5432}/${database ?? ''}`;
  } catch {
    return 'the address in DATABASE_URL';
  }
}

/** The same connection, in which every transaction may only read unless it says otherwise. */
export function readOnlyUrl(url: string): string {
  const changed = new URL(url);
  const given = changed.searchParams.get('options');
  const readOnly = '-c default_transaction_read_only=on';
  changed.searchParams.set('options', given === null ? readOnly : `${given} ${readOnly}`);
  // A plus sign means a space only to some of those who read such a URL.
  changed.search = changed.search.replaceAll('+', '%20');
  return changed.href;
}
