import { EmptyState } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing is there; `children` say what to do next. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return <EmptyState title={title} description={children} py="xl" />;
}
