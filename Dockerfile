# One image for all processes: compose names which one a container runs.
# Debian 12: libsignal's prebuilt library needs glibc 2.34 or later, and has none for musl.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
# installs what the lock file names, without install scripts; generates the database client; compiles; drops what only builds
RUN node scripts/build.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/apps/simulator/public ./apps/simulator/public
# volumes take owner and mode from here; folders of keys and sockets are their owner's alone
RUN install --directory --owner=node --group=node --mode=0700 /data /edge-keys /sockets
USER node
CMD ["node", "dist/apps/cli/src/main.js", "help"]
