import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What is looked at now and then, behind its title. */
export function More({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details>
      <Text component="summary" size="sm" mb="xs" style={{ cursor: 'pointer' }}>
        {title}
      </Text>
      {children}
    </details>
  );
}
