/** The service as its users start it, which knows the stating providers besides its own. */
import { PROVIDERS } from '../../../src/providers/index.js';
import { type Provider } from '../../../src/providers/provider.js';
import { market, shop } from './stating-provider.js';

(PROVIDERS as Provider[]).push(shop, market);

// Nothing outlives the tests, not even where Jest is killed: its end of this pipe closes then.
process.stdin.resume().once('close', () => process.kill(process.pid, 'SIGKILL'));

await import('../../../src/main.js');
