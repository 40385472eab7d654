/**
 * Namespaces of ids that may hold several payments. Groups are stored as `namespace:id`, so an id
 * without one is looked for in each of these.
 */
export const GROUP_NAMESPACES = [
  'session',
  'invoice',
  'subscription',
  'transfer_group',
  'order',
  'cart',
  'link',
  'mandate',
  'billing_request',
  'instalment',
  'billing_agreement',
  'parent_payment',
  'merchant_reference',
] as const;
