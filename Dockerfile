ARG BASE_IMAGE=node:24-bookworm-slim

# better-sqlite3 is compiled where no prebuilt binary can be had, which needs a compiler; only this stage has one.
FROM ${BASE_IMAGE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json build.js ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${BASE_IMAGE}
ENV UNDERSTUDY_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY fixtures ./fixtures
COPY openapi ./openapi
USER node
EXPOSE 4555
STOPSIGNAL SIGTERM
CMD ["node", "dist/cli.js"]
