# One image for web, worker and scheduler; the command says which.
FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PLATSVERKET_ENVIRONMENT=production PLATSVERKET_DATA_DIR=/data PLATSVERKET_HOST=0.0.0.0 \
    PLATSVERKET_LOG_FORMAT=json
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY platsverket platsverket
COPY scripts scripts
COPY --from=assets /build/node_modules node_modules
RUN python scripts/vendor_assets.py --copy-only && rm -rf node_modules \
    && pip install --no-cache-dir hatchling && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system --home /data platsverket && mkdir /data && chown platsverket /data
USER platsverket
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["platsverket"]
CMD ["serve"]
