import { type INestApplication } from '@nestjs/common';
import { jest } from '@jest/globals';
import { Lifecycle } from './operations/lifecycle.js';
import { shutDown } from './shutdown.js';

/** An application that never closes. */
function hanging() {
  const lifecycle = new Lifecycle();
  const server = { closeIdleConnections: jest.fn(), closeAllConnections: jest.fn() };
  const close = jest.fn(() => new Promise(() => undefined));
  const app = { get: () => lifecycle, getHttpServer: () => server, close };
  return { app: app as unknown as INestApplication, lifecycle, server, close };
}

describe('the shutdown', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('accepts work for the delay, then refuses, and ends within 8 s whatever hangs', async () => {
    const { app, lifecycle, server, close } = hanging();
    let ended = false;
    const end = shutDown(app, 5).then(() => (ended = true));
    expect(lifecycle).toMatchObject({ draining: true, refusing: false });
    await jest.advanceTimersByTimeAsync(4_999);
    expect(lifecycle.refusing).toBe(false);
    expect(close).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(lifecycle.refusing).toBe(true);
    expect(close).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1_600);
    expect(server.closeAllConnections).toHaveBeenCalledTimes(1);
    expect(ended).toBe(false);
    await jest.advanceTimersByTimeAsync(1_400);
    expect(ended).toBe(true);
    await end;
  });
});
