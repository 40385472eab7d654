import { adyenProvider } from './adyen/adyen.provider.js';
import { genericProvider } from './generic/generic.provider.js';
import { paddleProvider } from './paddle/paddle.provider.js';
import { paypalProvider } from './paypal/paypal.provider.js';
import { type Provider } from './provider.js';
import { shopifyProvider } from './shopify/shopify.provider.js';
import { squareProvider } from './square/square.provider.js';
import { standardWebhooksProvider } from './standard-webhooks/standard-webhooks.provider.js';
import { stripeProvider } from './stripe/stripe.provider.js';

/** Every provider. A new one is a folder beside these and a line here. */
export const PROVIDERS: readonly Provider[] = [
  genericProvider,
  stripeProvider,
  paypalProvider,
  squareProvider,
  shopifyProvider,
  standardWebhooksProvider,
  paddleProvider,
  adyenProvider,
];
