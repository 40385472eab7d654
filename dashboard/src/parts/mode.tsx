import { Badge } from '@mantine/core';

/** Marks what is no real money. */
export function TestMark({ livemode }: { livemode: boolean | null }) {
  return livemode === false ? <Badge color="yellow">test</Badge> : null;
}
