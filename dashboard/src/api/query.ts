import {
  keepPreviousData,
  QueryClient,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { ApiError, get } from './client.js';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      queryFn: ({ queryKey }) => get(queryKey[0] as string),
      // A refusal stays one; only silence and 5xx are worth another try.
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
      staleTime: 2_000,
    },
  },
});

interface Options {
  readonly refreshEveryMs?: number;
}

/** What the API answers to GET of a path below /api. */
export function useApi<T>(path: string, { refreshEveryMs }: Options = {}): UseQueryResult<T> {
  return useQuery<T>({ queryKey: [path], refetchInterval: refreshEveryMs ?? false });
}

/** As {@link useApi}, for lists: the rows of before stay until those of another page or filter are there. */
export function useList<T>(path: string): UseQueryResult<T> {
  return useQuery<T>({ queryKey: [path], placeholderData: keepPreviousData });
}
