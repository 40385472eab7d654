import { defineConfig } from 'vite';

/** The page at /dashboard. `npm run build` builds it into dashboard/dist, from where the service serves it. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/dashboard/',
  logLevel: 'warn',
  // Of the service's code the page has what it uses, and not what that only takes types from.
  oxc: { typescript: { onlyRemoveTypeImports: false } },
  build: {
    // Mantine's and Recharts' own sizes; the page is loaded once and then cached for good.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      onwarn(warning, warn) {
        // `use client` in Mantine's modules is for servers that render.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  // `npx vite --config dashboard/vite.config.ts` shows the page while it is written.
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
});
