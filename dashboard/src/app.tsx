import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { queryClient } from './api/query.js';
import { Shell } from './layout/shell.js';
import { Pages } from './pages.js';
import { SignIn } from './session/sign-in.js';
import { useToken } from './session/token.js';
import { cssVariablesResolver, theme } from './theme.js';

export function App() {
  const token = useToken();
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
    >
      {token === null ? (
        <SignIn />
      ) : (
        <QueryClientProvider client={queryClient}>
          <Router base="/dashboard">
            <Shell>
              <Pages />
            </Shell>
          </Router>
        </QueryClientProvider>
      )}
    </MantineProvider>
  );
}
