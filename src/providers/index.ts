import { adyenProvider } from './adyen/adyen.provider.js';
import { braintreeProvider } from './braintree/braintree.provider.js';
import { checkoutProvider } from './checkout/checkout.provider.js';
import { genericProvider } from './generic/generic.provider.js';
import { gocardlessProvider } from './gocardless/gocardless.provider.js';
import { mollieProvider } from './mollie/mollie.provider.js';
import { paddleProvider } from './paddle/paddle.provider.js';
import { paypalProvider } from './paypal/paypal.provider.js';
import { paystackProvider } from './paystack/paystack.provider.js';
import { type Provider } from './provider.js';
import { razorpayProvider } from './razorpay/razorpay.provider.js';
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
  mollieProvider,
  gocardlessProvider,
  braintreeProvider,
  razorpayProvider,
  paystackProvider,
  checkoutProvider,
];
