# Two stages: the first makes the environment, the second only runs it, without a shell user or a compiler.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /app/.venv && /app/.venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY auth auth
COPY graph graph
COPY search search
COPY network network
COPY seed_data seed_data
COPY docs/queries docs/queries
COPY docs/schema docs/schema
RUN /app/.venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/hubnetz --create-home hubnetz
COPY --from=build /app /app
WORKDIR /app
USER 10001
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HUBNETZ_DATA_DIR=/var/lib/hubnetz
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["hubnetz"]
CMD ["serve"]
