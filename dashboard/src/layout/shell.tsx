import {
  Anchor,
  AppShell,
  Burger,
  Button,
  Group,
  NavLink,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { queryClient } from '../api/query.js';
import { token } from '../session/token.js';
import { AboutService } from './about-service.js';
import classes from './skip-link.module.css';

const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'Overview'],
  ['/payments', 'Payments'],
  ['/events', 'Events'],
  ['/notifications', 'Notifications'],
  ['/endpoints', 'Endpoints'],
  ['/refused', 'Refused'],
  ['/sources', 'Sources'],
];

/** Header, navigation and the page. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  useEffect(close, [location, close]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      transitionDuration={0}
    >
      <Anchor href="#content" className={classes.skip}>
        Skip to the content
      </Anchor>
      <AppShell.Header>
        <Group h="100%" px="md" gap="xs">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? 'Close the menu' : 'Open the menu'}
            aria-expanded={opened}
          />
          <Anchor component={Link} href="/" underline="never" c="inherit" fw={600}>
            payment-webhooks
          </Anchor>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <Stack gap={2}>
          {PAGES.map(([path, title]) => (
            <NavLink
              key={path}
              component={Link}
              href={path}
              label={title}
              active={isWithin(location, path)}
              aria-current={isWithin(location, path) ? 'page' : undefined}
            />
          ))}
        </Stack>
        <Stack mt="auto" gap="xs" p="xs">
          <AboutService />
          <Group gap="xs">
            <ColorSchemeButton />
            <Button variant="default" size="xs" onClick={signOut}>
              Sign out
            </Button>
          </Group>
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function ColorSchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  return (
    <Button
      variant="default"
      size="xs"
      aria-label={`Colours: ${colorScheme}. Change to ${next[colorScheme]}`}
      onClick={() => setColorScheme(next[colorScheme])}
    >
      <Text span inherit>
        {{ auto: 'Auto', light: 'Light', dark: 'Dark' }[colorScheme]}
      </Text>
    </Button>
  );
}

function isWithin(location: string, path: string): boolean {
  return path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
}

function signOut(): void {
  token.clear();
  queryClient.clear();
}
