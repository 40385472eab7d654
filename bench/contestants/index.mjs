/** Who takes part, in the order of the table. */
import { WORKLOADS } from '../load/events.mjs';
import { bareHttp } from './bare-http.mjs';
import { django } from './django.mjs';
import { nestPg, nestPrisma } from './nest.mjs';
import { service } from './service.mjs';

/**
 * @typedef {object} Entry a contestant with what it is sent
 * @property {string} key for --only
 * @property {import('./contestant.mjs').Contestant} contestant
 * @property {import('../load/events.mjs').Workload} workload
 */

const { generic, stripe } = WORKLOADS;
const genericLifecycle = WORKLOADS['generic-lifecycle'];
const stripeLifecycle = WORKLOADS['stripe-lifecycle'];

/** @type {readonly Entry[]} */
export const ENTRIES = [
  { key: 'generic', contestant: service('this service, generic'), workload: generic },
  {
    key: 'generic-quiet',
    // What the line in the log for each webhook costs.
    contestant: service('this service, generic, LOG_LEVEL=warn', {
      environment: { LOG_LEVEL: 'warn' },
    }),
    workload: generic,
  },
  { key: 'stripe', contestant: service('this service, stripe'), workload: stripe },
  {
    key: 'generic-lifecycle',
    contestant: service('this service, generic, 3 events per payment'),
    workload: genericLifecycle,
  },
  {
    key: 'stripe-lifecycle',
    contestant: service('this service, stripe, 3 events per payment'),
    workload: stripeLifecycle,
  },
  {
    key: 'two-instances',
    contestant: service('this service, generic, 2 instances', { instances: 2 }),
    workload: generic,
  },
  { key: 'bare-http', contestant: bareHttp, workload: generic },
  {
    key: 'bare-http-lifecycle',
    contestant: { ...bareHttp, name: `${bareHttp.name}, 3 events per payment` },
    workload: genericLifecycle,
  },
  { key: 'nest-prisma', contestant: nestPrisma, workload: generic },
  { key: 'nest-pg', contestant: nestPg, workload: generic },
  { key: 'django', contestant: django, workload: generic },
];
