"""Reading what the family sees differently in an assessment; what is open, or where both views stand, goes on."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, or_, select
from sqlalchemy.orm import Session, aliased

from locality.caf.models import Assessment, Dispute
from locality.caf.rules.disputes import Part, Settled, said_about
from locality.kernel.errors import NotFound
from locality.kernel.ids import PersonId


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A statement, what the worker says to it, and what came of it; ``settled`` None while it is open.

    ``said_of`` is the number of the earlier version that it was said about; None where it is about the one read.
    """

    id: uuid.UUID
    code: str
    person_id: PersonId | None
    said_by: str
    words: str
    said_on: dt.date
    recorded_by_name: str
    answer: str
    settled: Settled | None
    answered_at: dt.datetime | None
    answered_by_name: str
    version: int
    said_of: int | None = None

    @property
    def part(self) -> Part:
        """What it is about."""
        return Part(self.code, self.person_id)

    @property
    def about_version(self) -> str:
        """What is added where it is carried over: the version that it was said about; "" where it is the one read."""
        return said_about(self.said_of, is_open=self.settled is None)

    @property
    def stands(self) -> bool:
        """Whether it stands beside the text: until it is taken back."""
        return self.settled is not Settled.TAKEN_BACK


_OWN = tuple(name for name in DisputeRow.__dataclass_fields__ if name != "said_of")
_READ, _OF = aliased(Assessment), aliased(Assessment)


def list_disputes(session: Session, assessment_id: uuid.UUID) -> tuple[DisputeRow, ...]:
    """What is seen differently in one version of a CAF, the first recorded first; one statement."""
    rows = session.execute(_said_in(assessment_id).order_by(Dispute.recorded_at, Dispute.id))
    return tuple(DisputeRow(*row) for row in rows)


def _said_in(assessment_id: uuid.UUID) -> Select[Any]:
    """What was said about a version, and what was said about earlier ones: what is open, and where both views stand."""
    said_of = case((_OF.id != _READ.id, _OF.version_no))
    goes_on = or_(Dispute.settled.is_(None), Dispute.settled == Settled.BOTH_STAND)
    return (
        select(*(getattr(Dispute, name) for name in _OWN), said_of)
        .join(_OF, _OF.id == Dispute.assessment_id)
        .join(_READ, and_(_READ.id == assessment_id, _READ.episode_id == _OF.episode_id))
        .where(or_(_OF.id == _READ.id, and_(_OF.version_no < _READ.version_no, goes_on)))
    )


def dispute_from_json(held: Mapping[str, Any]) -> DisputeRow:
    """A row of ``dispute`` as the database writes it in JSON, with ``said_of``."""
    person, at = held["person_id"], held["answered_at"]
    return DisputeRow(
        **{name: held[name] for name in DisputeRow.__dataclass_fields__}
        | {
            "id": uuid.UUID(held["id"]),
            "person_id": None if person is None else PersonId(uuid.UUID(person)),
            "said_on": dt.date.fromisoformat(held["said_on"]),
            "settled": None if held["settled"] is None else Settled(held["settled"]),
            "answered_at": None if at is None else dt.datetime.fromisoformat(at),
        }
    )


def get_dispute(session: Session, assessment_id: uuid.UUID, dispute_id: uuid.UUID) -> DisputeRow:
    """One of them. Raises ``NotFound``, also for one that does not stand in this version."""
    row = session.execute(_said_in(assessment_id).where(Dispute.id == dispute_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such statement, or none that you may see")
    return DisputeRow(*row)


def beside(found: Iterable[DisputeRow]) -> Mapping[tuple[str, PersonId | None], tuple[DisputeRow, ...]]:
    """What stands beside each part, by its code and child."""
    by_part: dict[tuple[str, PersonId | None], tuple[DisputeRow, ...]] = {}
    for one in found:
        if one.stands:
            key = (one.code, one.person_id)
            by_part[key] = (*by_part.get(key, ()), one)
    return by_part
