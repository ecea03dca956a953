"""Reading a family's needs under the ten outcome headings, with every look at them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import FamilyNeed, NeedCheck
from locality.caf.rules.outcomes import Achieved, Checked, Occasion, standing
from locality.kernel.ids import EpisodeId, PersonId


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One look at a need."""

    occasion: Occasion
    achieved: Achieved
    evidence: str
    checked_on: dt.date
    recorded_by_name: str


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need with the evidence on which it was seen, and how far it was met each time."""

    id: uuid.UUID
    about: tuple[PersonId, ...]
    outcome_code: int
    need: str
    evidence: str
    identified_on: dt.date
    created_by_name: str
    checks: tuple[CheckRow, ...]

    @property
    def stands(self) -> Achieved:
        """How far it is met now."""
        return standing(Checked(one.occasion, one.achieved, one.checked_on) for one in self.checks)

    def at(self, occasion: Occasion) -> CheckRow | None:
        """The latest look at an occasion; None when nobody looked then."""
        found = [one for one in self.checks if one.occasion is occasion]
        return found[-1] if found else None


def list_needs(session: Session, episode_id: EpisodeId) -> tuple[NeedRow, ...]:
    """The needs of a family by outcome, with every look at them in order; one statement."""
    rows = session.execute(
        select(
            FamilyNeed, NeedCheck.occasion, NeedCheck.achieved, NeedCheck.evidence, NeedCheck.checked_on,
            NeedCheck.recorded_by_name,
        )
        .outerjoin(NeedCheck, NeedCheck.need_id == FamilyNeed.id)
        .where(FamilyNeed.episode_id == episode_id)
        .order_by(
            FamilyNeed.outcome_code, FamilyNeed.identified_on, FamilyNeed.id, NeedCheck.checked_on,
            NeedCheck.recorded_at,
        )
    )  # fmt: skip
    needs: dict[uuid.UUID, FamilyNeed] = {}
    checks: dict[uuid.UUID, list[CheckRow]] = {}
    for need, occasion, achieved, evidence, checked_on, by in rows:
        needs.setdefault(need.id, need)
        looked = checks.setdefault(need.id, [])
        if occasion is not None:
            looked.append(CheckRow(occasion, achieved, evidence, checked_on, by))
    return tuple(
        NeedRow(
            one.id, tuple(one.about), one.outcome_code, one.need, one.evidence, one.identified_on, one.created_by_name,
            tuple(checks[one.id]),
        )
        for one in needs.values()
    )  # fmt: skip


def needs_to_look_at(session: Session, episode_id: EpisodeId) -> int:
    """How many needs nobody has looked at for the end of the help; one statement."""
    return sum(one.at(Occasion.CLOSURE) is None for one in list_needs(session, episode_id))
