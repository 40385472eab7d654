import { defineConfig } from 'prisma/config';

// process.env and not env(): env() throws when DATABASE_URL is unset, and `generate` needs no database.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
