import { type PaymentStatus, type Snapshot } from './fold.js';

/** What a version of a payment can be told as. A closed list. */
export const MESSAGE_TYPES = [
  'payment.created',
  'payment.authorized',
  'payment.partially_captured',
  'payment.captured',
  'payment.failed',
  'payment.canceled',
  'payment.expired',
  'payment.partially_refunded',
  'payment.refunded',
  'payment.disputed',
  'payment.charged_back',
  'payment.updated',
  'payment.merged',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** Statuses that are told once in a payment's life, since an app ships on them. */
const ONCE = ['authorized', 'partially_captured', 'captured'] as const;
export type Announced = (typeof ONCE)[number];

/** The status that a message announces once and for all, if it does. */
export function announcedBy(type: MessageType): Announced | undefined {
  return ONCE.find((status) => type === `payment.${status}`);
}

/**
 * What a version is told as, by the first of these that matches: a new status, money that went back,
 * money that is disputed, anything else. A status that was announced before, e.g. `captured` after a
 * dispute was won, is an update: an app that ships on `payment.captured` must ship once.
 *
 * @param from the snapshot before; null for the first version
 * @param announced what the payment was told to have reached before
 */
export function messageType(
  from: Snapshot | null,
  to: Snapshot,
  announced: readonly string[],
): Exclude<MessageType, 'payment.merged'> {
  if (from?.status !== to.status) return typeOfStatus(to.status, from === null, announced);
  if (from.amountRefunded !== to.amountRefunded) {
    if (to.status === 'partially_refunded' || to.status === 'refunded') {
      return `payment.${to.status}`;
    }
  }
  if (
    from.amountDisputed !== to.amountDisputed ||
    from.amountChargedBack !== to.amountChargedBack
  ) {
    if (to.status === 'disputed' || to.status === 'charged_back') return `payment.${to.status}`;
  }
  return 'payment.updated';
}

function typeOfStatus(status: PaymentStatus, isFirst: boolean, announced: readonly string[]) {
  if (status === 'pending') return isFirst ? 'payment.created' : 'payment.updated';
  return announced.includes(status) ? 'payment.updated' : (`payment.${status}` as const);
}
