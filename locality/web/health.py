"""Whether the system is alive, ready, and keeping up; for load balancers and for `locality doctor`."""

from flask import Blueprint, Response
from sqlalchemy import text

from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor, db
from locality.web.endpoint import public

blueprint = Blueprint("health", __name__)
_WAITING = text(
    "SELECT count(*) FILTER (WHERE failed_at IS NULL) AS waiting,"
    " count(*) FILTER (WHERE failed_at IS NOT NULL) AS failed,"
    " coalesce(extract(epoch FROM now() - min(available_at) FILTER (WHERE failed_at IS NULL"
    " AND available_at <= now())), 0)::float AS oldest_seconds"
    " FROM outbox_message WHERE done_at IS NULL"
)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """The database answers and has the migrations that this code needs; 503 otherwise."""
    migrated = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    expected = blueprint.migration_head  # type: ignore[attr-defined]
    if migrated != expected:
        return Response(f"migrations at {migrated}, code needs {expected}\n", 503, mimetype="text/plain")
    bind_actor(db.session(), SYSTEM)
    row = db.session.execute(_WAITING).one()
    return Response(f"ready; oldest due work {row.oldest_seconds:.0f} s\n", mimetype="text/plain")


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Gauges of the outbox, in Prometheus' text format; no personal data."""
    bind_actor(db.session(), SYSTEM)
    row = db.session.execute(_WAITING).one()
    lines = (
        f"locality_outbox_waiting {row.waiting}",
        f"locality_outbox_failed {row.failed}",
        f"locality_outbox_oldest_due_seconds {row.oldest_seconds:.3f}",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
