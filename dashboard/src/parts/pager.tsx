import { Button, Group } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';

/** Forward by the API's cursor; back is the browser's own. */
export function Pager({ nextCursor }: { nextCursor: string | null }) {
  const [address] = useSearchParams();
  if (nextCursor === null && !address.has('cursor')) return null;
  return (
    <Group component="nav" aria-label="Further pages">
      {address.has('cursor') && (
        <Button component={Link} href={withCursor(address, null)} variant="default">
          Newest
        </Button>
      )}
      {nextCursor !== null && (
        <Button component={Link} href={withCursor(address, nextCursor)} variant="default">
          Older
        </Button>
      )}
    </Group>
  );
}

function withCursor(address: URLSearchParams, cursor: string | null): string {
  const next = new URLSearchParams(address);
  next.delete('cursor');
  if (cursor !== null) next.set('cursor', cursor);
  return `?${next.toString()}`;
}
