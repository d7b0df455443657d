# One image for every role: one process (`serve`), web processes, subgraphs apart, the worker, and single commands.
# It runs without root, on a read-only file system; HUBNETZ_DATA_DIR is written by the embedded backends alone.
FROM node:20-slim AS explorer
WORKDIR /app/explorer
COPY explorer/package.json explorer/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY explorer/build.mjs build.mjs
COPY explorer/src src
RUN npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
# Without pip of its own: what only installs stays behind in this stage.
RUN python -m venv --without-pip .venv
COPY requirements/build.txt requirements/run.txt requirements/
# Wheels only: nothing is compiled, and no setup.py of others runs.
RUN pip --python .venv/bin/python install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      --requirement requirements/build.txt --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY auth auth
COPY graph graph
COPY search search
COPY network network
COPY seed_data seed_data
COPY docs/queries docs/queries
COPY docs/schema docs/schema
COPY --from=explorer /app/network/explorer_assets/dist network/explorer_assets/dist
# Where the file system is read-only no start can keep what it compiles.
RUN pip --python .venv/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable . \
 && pip --python .venv/bin/python uninstall --quiet --yes setuptools \
 && .venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm AS hubnetz
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Hubnetz" \
      org.opencontainers.image.description="Knowledge graph, search and GraphQL federation of an inter-municipal network of DigitalHubs" \
      org.opencontainers.image.licenses="EUPL-1.2" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Volumes take over owner and permissions of the folders that they cover. Services that read secrets as other users join our group.
RUN pip uninstall --quiet --yes --root-user-action ignore pip setuptools wheel \
 && groupadd --system --gid 10001 hubnetz \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/hubnetz --no-create-home --shell /usr/sbin/nologin hubnetz \
 && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/hubnetz \
 && install --directory --owner 10001 --group 10001 --mode 0750 /secrets /secrets/for \
      /secrets/for/hubnetz /secrets/for/subgraph /secrets/for/worker /secrets/for/neo4j /secrets/for/meilisearch /secrets/for/keycloak
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HUBNETZ_HOST=0.0.0.0 HUBNETZ_PORT=8000 HUBNETZ_DATA_DIR=/var/lib/hubnetz
EXPOSE 8000
STOPSIGNAL SIGTERM
# Every role answers it, the worker too. /readyz would have the process started again because a database is away.
HEALTHCHECK --interval=15s --timeout=5s --start-period=5m --retries=4 \
  CMD ["python", "-I", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['HUBNETZ_PORT']), timeout=4); c.request('GET', '/livez'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["hubnetz"]
CMD ["serve"]
