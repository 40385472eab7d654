/** The validated configuration: what the rest of the program sees of the environment. */
import { type Provider, type ProviderOptions, type Secret } from '../providers/provider.js';

/** A configured inbound endpoint at `/webhooks/<name>`. */
export interface Source {
  readonly name: string;
  readonly provider: Provider;
  /** Any of them verifies; at least one. */
  readonly secrets: readonly Secret[];
  /** The account that events must state; `self` demands that they state none; null accepts all. */
  readonly account: string | null;
  /** The mode that events must have; null accepts both. */
  readonly livemode: boolean | null;
  readonly enabled: boolean;
  readonly options: ProviderOptions;
  /** SHA-256 (first 16 hex digits) of the options, kept with each event that was normalised by them. */
  readonly optionsHash: string;
  /** The address at which the provider calls it. */
  readonly url: string;
}

/** NOTIFY_URL and NOTIFY_SECRET. */
export interface NotifySettings {
  readonly url: string;
  /** `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: string;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Null: the embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  readonly allowUnsafeDatabase: boolean;
  /** Absolute path. */
  readonly dataDir: string;
  /** Without a trailing slash. */
  readonly publicUrl: string;
  /** Null: /api answers 401 to everybody. */
  readonly adminToken: string | null;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly maxInFlight: number;
  readonly toleranceSeconds: number;
  readonly shutdownDelaySeconds: number;
  readonly logLevel: LogLevel;
  readonly metrics: boolean;
  readonly docs: boolean;
  readonly sources: readonly Source[];
  /** Where the user's app is told of payments, as the endpoint `environment`; null: not by the environment. */
  readonly notify: NotifySettings | null;
  /** Networks that endpoints may be in although private. */
  readonly notifyAllowCidrs: readonly string[];
  /** The first seals the secrets of endpoints, any of them opens; none: they are stored as they are. */
  readonly encryptionKeys: readonly string[];
  /** Said once at the start: what works but deserves a look. */
  readonly warnings: readonly string[];
  /** Secrets that the service made itself; only these may be shown at the start. */
  readonly generated: {
    readonly adminToken: boolean;
    /** The name of the source whose secret it made, or null. */
    readonly secretOfSource: string | null;
  };
}
