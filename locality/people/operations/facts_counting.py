"""Keeping the months' counts of facts used again and asked again as the records say."""

from typing import Final

from locality.kernel import direct
from locality.kernel.uow import UnitOfWork
from locality.people.queries.facts_counting import COUNTED_REUSE

_LOCK: Final = "LOCK TABLE reuse_month IN SHARE ROW EXCLUSIVE MODE"
_FORGET: Final = "DELETE FROM reuse_month"
_COUNT: Final = f"INSERT INTO reuse_month (month, record_kind, confirmed, corrected, re_asked) {COUNTED_REUSE}"


def rebuild_reuse(uow: UnitOfWork) -> None:
    """Count all known facts used or asked again anew, by month, and keep the result. Never within a request."""
    for statement in (_LOCK, _FORGET, _COUNT):
        direct.rows(uow.session, statement)
