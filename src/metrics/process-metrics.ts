import { collectDefaultMetrics, Registry } from 'prom-client';

let collected: Registry | null = null;

/** Memory, CPU, event loop and garbage collection of this process: once, whatever it runs. */
export function processMetrics(): Registry {
  if (collected === null) {
    collected = new Registry();
    collectDefaultMetrics({ register: collected });
  }
  return collected;
}
