"""Proving the figures: every kept number against a full recount, and putting it right."""

from sqlalchemy import text

from locality.audit import log as audit
from locality.clusters import api as clusters
from locality.insight.queries import Difference, differences
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import api as referrals
from locality.stages import api as stages

# A recount reads every record; the limit for statements of pages is not for it.
_NO_LIMIT = text("SET LOCAL statement_timeout = 0")


def recount(uow: UnitOfWork) -> tuple[Difference, ...]:
    """Compare every kept number behind the figures with a full recount; returns what differs and notes it."""
    uow.session.execute(_NO_LIMIT)
    found = differences(uow.session)
    audit.record(uow, "figures.recounted", detail={"differences": len(found)})
    return found


def mend(uow: UnitOfWork) -> None:
    """Count stages, caseloads, referrals and facts used again anew; for after a bulk load or when they differ."""
    uow.session.execute(_NO_LIMIT)
    stages.rebuild_counts(uow)
    clusters.rebuild_caseload_tally(uow)
    referrals.rebuild_months(uow)
    people.rebuild_reuse(uow)
    audit.record(uow, "figures.mended")
