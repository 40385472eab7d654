import { useSyncExternalStore } from 'react';

const KEY = 'payment-webhooks.admin-token';
const listeners = new Set<() => void>();

/** The admin token. It lives as long as the tab: sessionStorage, never a cookie or localStorage. */
export const token = {
  get: (): string | null => sessionStorage.getItem(KEY),

  set(value: string): void {
    sessionStorage.setItem(KEY, value);
    tell();
  },

  clear(): void {
    sessionStorage.removeItem(KEY);
    tell();
  },
};

export function useToken(): string | null {
  return useSyncExternalStore(subscribe, token.get);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
