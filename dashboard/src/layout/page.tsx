import { Alert, Anchor, Group, Loader, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/client.js';

interface PageProps {
  readonly title: string;
  /** The list that it belongs to. */
  readonly parent?: { readonly href: string; readonly title: string };
  /** What can be done here, beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title, in the window too, and its content. */
export function Page({ title, parent, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · payment-webhooks`;
  }, [title]);
  return (
    <Stack maw={1400}>
      {parent && (
        <Anchor component={Link} href={parent.href} size="sm">
          {parent.title}
        </Anchor>
      )}
      <Group justify="space-between">
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}

/** A part of a page under a heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/** Shows what was fetched, that it is being fetched, or why it could not be. */
export function Fetched<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  if (query.data === undefined) {
    return query.error ? <Problem error={query.error} /> : <Loader aria-label="Loading" />;
  }
  return (
    <>
      {query.error && <Problem error={query.error} />}
      {children(query.data)}
    </>
  );
}

/** What went wrong, and the cure. */
export function Problem({ error }: { error: Error }) {
  const fields = error instanceof ApiError ? error.fields : [];
  return (
    <Alert
      color="red"
      role="alert"
      title={error instanceof ApiError ? error.title : 'Something failed in this page'}
    >
      <Text size="sm">{error.message}</Text>
      {fields.map(({ field, message }) => (
        <Text size="sm" key={field}>
          {message}
        </Text>
      ))}
    </Alert>
  );
}
