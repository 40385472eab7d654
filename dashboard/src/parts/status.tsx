import { Badge, type MantineColor } from '@mantine/core';
import type { EventStatus } from '../../../src/events/event.dto.js';
import type { EndpointStatus } from '../../../src/notifications/endpoints/endpoint.dto.js';
import type { NotificationStatus } from '../../../src/notifications/outbox/notification.dto.js';
import type { PaymentStatus } from '../../../src/payments/fold.js';

/** A status of anything, with its colour: green went well, red needs somebody. */
export const PAYMENT_COLORS: Readonly<Record<PaymentStatus, MantineColor>> = {
  pending: 'gray',
  authorized: 'blue',
  partially_captured: 'teal',
  captured: 'green',
  partially_refunded: 'violet',
  refunded: 'grape',
  failed: 'red',
  canceled: 'gray',
  expired: 'gray',
  disputed: 'orange',
  charged_back: 'red',
};
export const EVENT_COLORS: Readonly<Record<EventStatus, MantineColor>> = {
  applied: 'green',
  ignored: 'gray',
  quarantined: 'red',
};
export const NOTIFICATION_COLORS: Readonly<Record<NotificationStatus, MantineColor>> = {
  pending: 'blue',
  delivered: 'green',
  dead: 'red',
};
export const ENDPOINT_COLORS: Readonly<Record<EndpointStatus, MantineColor>> = {
  active: 'green',
  paused: 'orange',
  off: 'red',
};

interface StatusProps<S extends string> {
  readonly of: S;
  readonly colors: Readonly<Record<S, MantineColor>>;
}

export function Status<S extends string>({ of, colors }: StatusProps<S>) {
  return <Badge color={colors[of]}>{inWords(of)}</Badge>;
}

/** `partially_refunded` as `partially refunded`. */
export function inWords(code: string): string {
  return code.replaceAll('_', ' ');
}
