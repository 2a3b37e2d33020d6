# One image for web, worker and scheduler; the command says which. It runs with a read-only root, and writes to /data and
# /tmp. PYTHON is python:3.11-slim by its digest, as in .env.example: there is no other, so that nothing of the day is built on.
ARG PYTHON

FROM ${PYTHON} AS build
WORKDIR /build
# The build back-end and Node.js are locked as all else is: nothing of the day is fetched.
COPY requirements-build.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock
COPY package.json package-lock.json ./
COPY scripts/vendor_assets.py scripts/vendor_assets.py
RUN python scripts/vendor_assets.py
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY competence competence
COPY core core
COPY hubs hubs
COPY marketplace marketplace
COPY matching matching
COPY migrations migrations
COPY resources resources
COPY retention retention
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel .

FROM ${PYTHON}
# requirements-otel.lock where traces are to be sent.
ARG REQUIREMENTS=requirements.lock
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PLATSVERKET_ENVIRONMENT=production PLATSVERKET_DATA_DIR=/data \
    PLATSVERKET_HOST=0.0.0.0 PLATSVERKET_LOG_FORMAT=json
WORKDIR /app
COPY ${REQUIREMENTS} ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r ${REQUIREMENTS}
RUN --mount=type=bind,from=build,source=/wheel,target=/wheel pip install --no-cache-dir --no-deps /wheel/*.whl \
    && useradd --system --home /data platsverket && mkdir /data && chown platsverket /data
USER platsverket
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["platsverket"]
CMD ["serve"]
