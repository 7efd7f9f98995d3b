ARG BASE_IMAGE=node:24-bookworm-slim

# better-sqlite3 is compiled where no prebuilt binary can be had. That takes a compiler, which only this stage has, and Node's
# headers, which came with Node. Of what it leaves behind only the binary is needed.
FROM ${BASE_IMAGE} AS dependencies
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
ENV npm_config_nodedir=/usr/local
# With the headers of Node 24.19 and later 24 it would abort in garbage collections: https://github.com/nodejs/node/issues/65446.
# Without these two calls they are as they were before. A prebuilt binary is older, and right as it is.
RUN sed -i -E '/^ +(Add|Remove)CleanupHook\(\);$/d' /usr/local/include/node/node_object_wrap.h
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
 && cd node_modules/better-sqlite3 \
 && rm -rf deps src \
 && find build -type f ! -path build/Release/better_sqlite3.node -delete \
 && find build -type d -empty -delete

# Whoever clones with a strict umask has files that only he can read, and the server is somebody else.
FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run --silent build \
 && rm -f dist/.tsbuildinfo \
 && chmod a+x dist/bin/cli.js \
 && chmod -R a+rX package.json LICENSE dist fixtures openapi

FROM ${BASE_IMAGE}
RUN mkdir /data && chown 1000:1000 /data && ln -s /app/dist/bin/cli.js /usr/local/bin/understudy
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/dist ./dist
COPY --from=build /app/fixtures ./fixtures
COPY --from=build /app/openapi ./openapi
# Loopback, the default of the command, would be the container's own.
ENV UNDERSTUDY_HOST=0.0.0.0
# The one place that can be written; worlds are kept there with UNDERSTUDY_DATA=/data, and in memory without.
VOLUME /data
USER 1000:1000
EXPOSE 4555
STOPSIGNAL SIGTERM
HEALTHCHECK --start-period=15s --interval=10s --timeout=5s CMD ["understudy", "health"]
ENTRYPOINT ["understudy"]
