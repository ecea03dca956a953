"""Examines what the installation works with: database, its role and tables, broker, worker, clocks."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from locality.kernel.actor import SYSTEM
from locality.kernel.db import set_actor
from locality.kernel.guard import plain_url, refuse_powerful_role
from locality.kernel.settings import Settings, SettingsError
from locality.running import schema
from locality.running.failure import CannotRun
from locality.running.findings import Finding, Verdict, note, right, wrong

_LEAST_POSTGRES = 16
_LONGEST_WAIT_S = 60
_LARGEST_DRIFT_S = 5

_WAITING = text("""
SELECT count(*) FILTER (WHERE failed_at IS NULL AND available_at <= now()),
       count(*) FILTER (WHERE failed_at IS NOT NULL),
       coalesce(extract(epoch FROM now() - min(available_at) FILTER (WHERE failed_at IS NULL)), 0)::float
FROM outbox_message WHERE done_at IS NULL
""")


def look(settings: Settings, *, at_work: bool) -> Iterator[Finding]:
    """Findings about the servers that the settings name; what needs the database is left out when it is away.

    ``at_work``: a worker is supposed to run, so nothing should wait long.
    """
    try:
        with psycopg.connect(plain_url(settings.database_url), connect_timeout=5) as connection:
            yield version(connection.info.server_version)
            yield clock(connection)
            yield role(settings)
            tables = migrations(settings)
            yield tables
            if at_work and tables.verdict is Verdict.RIGHT:
                yield work(settings)
    except psycopg.OperationalError as error:
        yield wrong("database", _first_line(error), cure="Start it, or correct DATABASE_URL.")
    except (psycopg.Error, SQLAlchemyError) as error:
        yield wrong(
            "database", _first_line(error), cure="It is not as a migration left it: restore it, or migrate anew."
        )
    yield from broker(settings.redis_url)


def version(number: int) -> Finding:
    """A PostgreSQL that has what the tables use."""
    major = number // 10_000
    if major >= _LEAST_POSTGRES:
        return right("database", f"PostgreSQL {major} answers")
    return wrong("database", f"PostgreSQL {major} is too old", cure=f"Use PostgreSQL {_LEAST_POSTGRES} or later.")


def clock(connection: psycopg.Connection[Any]) -> Finding:
    """Deadlines are compared with the database's clock and shown by ours."""
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float").fetchone()
    drift = abs(time.time() - (row[0] if row else 0.0))
    if drift <= _LARGEST_DRIFT_S:
        return right("clock", "this machine and the database agree")
    return wrong("clock", f"{drift:.0f} s from the database's", cure="Set both clocks by NTP.")


def role(settings: Settings) -> Finding:
    """The application's role is one that row-level security holds."""
    try:
        refuse_powerful_role(settings.database_url)
    except SettingsError as error:
        return wrong("role", str(error), cure="See “Roles” in docs/operator-guide.md.")
    return right("role", "row-level security holds it")


def migrations(settings: Settings) -> Finding:
    """The tables are the ones that this code needs."""
    needed = schema.needed()
    try:
        found = schema.found(settings.database_owner_url or settings.database_url)
    except CannotRun as error:
        return wrong("tables", error.reason, cure=error.cure)
    if found == needed:
        return right("tables", f"at migration {needed}")
    return wrong("tables", f"at migration {found or 'none'}; this code needs {needed}", cure="Run ./run migrate.")


def work(settings: Settings) -> Finding:
    """Somebody does the background work: nothing that is due has waited long."""
    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        set_actor(connection, SYSTEM)
        waiting, failed, oldest_s = connection.execute(_WAITING).one()
    if waiting and oldest_s > _LONGEST_WAIT_S:
        return wrong(
            "worker",
            f"{waiting} pieces of work are due, the oldest for {oldest_s / 60:.0f} minutes",
            cure="Start a worker: ./run up, or ./run worker. Its log says why it stopped.",
        )
    if failed:
        return note("worker", f"{failed} pieces of work need a person", cure="See the page /operations.")
    return right("worker", f"{waiting} pieces of work are due, none for long")


def broker(url: str) -> Iterator[Finding]:
    """It answers, keeps what it is told over a crash, and forgets nothing for want of memory."""
    try:
        with _client(url) as client:
            client.ping()
            yield right("broker", "answers")
            yield from _habits(client)
    except (redis.RedisError, ValueError) as error:
        yield wrong("broker", _first_line(error), cure="Start it, or correct REDIS_URL.")


def _habits(client: redis.Redis) -> Iterator[Finding]:
    persistence: dict[str, Any] = _ask(lambda: client.info("persistence"))
    if not persistence.get("aof_enabled"):
        yield note("broker", "keeps no append-only file; the outbox makes up for it, later", cure="Set appendonly yes.")
    memory: dict[str, Any] = _ask(lambda: client.config_get("maxmemory-policy"))
    policy = memory.get("maxmemory-policy", "noeviction")
    if policy != "noeviction":
        yield wrong("broker", f"forgets work when memory is short ({policy})", cure="Set maxmemory-policy noeviction.")


def _ask(question: Callable[[], Any]) -> dict[str, Any]:
    """An answer, or an empty one where a managed server does not let us ask."""
    try:
        return dict(question())
    except redis.ResponseError:
        return {"aof_enabled": 1}


def _client(url: str) -> redis.Redis:
    parts = urlsplit(url)
    once = Retry(NoBackoff(), 0)
    if parts.scheme in {"redis+socket", "unix"}:
        return redis.Redis(unix_socket_path=unquote(parts.path), socket_timeout=5, retry=once)
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=once)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
