import { DataList } from '@mantine/core';
import type { ReactNode } from 'react';

/** Names and values of one thing. A value that is null is left out. */
export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <DataList>
      {of
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <DataList.Item key={name}>
            <DataList.ItemLabel>{name}</DataList.ItemLabel>
            <DataList.ItemValue style={{ overflowWrap: 'anywhere' }}>{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
    </DataList>
  );
}

/** Whether a thing is of live money, in words. */
export function modeInWords(livemode: boolean | null): string {
  return livemode === null ? 'not stated' : livemode ? 'live' : 'test';
}
