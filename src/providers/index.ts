import { genericProvider } from './generic/generic.provider.js';
import { type Provider } from './provider.js';
import { stripeProvider } from './stripe/stripe.provider.js';

/** Every provider. A new one is a folder beside these and a line here. */
export const PROVIDERS: readonly Provider[] = [genericProvider, stripeProvider];
