# The embedded default in a container: one process, one SQLite file under /data.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/mnemograph
COPY requirements.lock pyproject.toml README.md LICENSE NOTICE ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY app app
COPY resolvers resolvers
COPY loaders loaders
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
 && useradd --create-home --uid 10001 mnemograph \
 && install -d -o mnemograph -g mnemograph -m 0700 /data

USER mnemograph
ENV MNEMOGRAPH_HOST=0.0.0.0 MNEMOGRAPH_PORT=8000 MNEMOGRAPH_DATA=/data MNEMOGRAPH_LOG_FORMAT=json
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
CMD ["mnemograph", "serve"]
