import { type LookupAddress, promises as dns } from 'node:dns';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../../config/settings.module.js';
import { type Settings } from '../../config/settings.js';
import { AddressGuard } from './address-guard.js';

/** All addresses of a name. Rejects as `dns.lookup` does. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The system's resolver: /etc/hosts, then DNS. */
export const systemResolver: Resolve = (hostname) => dns.lookup(hostname, { all: true });

export const RESOLVE = Symbol('RESOLVE');

/** Where endpoints may be: which addresses, how names become addresses, and which host is our own. */
@Injectable()
export class OutboundRules {
  readonly guard: AddressGuard;
  /** PUBLIC_URL */
  readonly publicUrl: string;

  constructor(
    @Inject(SETTINGS) settings: Pick<Settings, 'notifyAllowCidrs' | 'publicUrl'>,
    @Inject(RESOLVE) readonly resolve: Resolve,
  ) {
    this.guard = new AddressGuard(settings.notifyAllowCidrs);
    this.publicUrl = settings.publicUrl;
  }
}
