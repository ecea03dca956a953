"""Made-up children on the triangle and moves proposed for them."""

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from locality.clusters.models import Cluster
from locality.kernel.ids import EpisodeId, PersonId, StageMoveId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.stages.operations.placing import PlaceChild, place_child
from locality.stages.operations.proposing import ProposeMove
from locality.stages.operations.telling import Receiver
from locality.stages.rules.moves import Agreement, MoveReason, Said

OpenUnit = Callable[..., AbstractContextManager[UnitOfWork]]
BORN = dt.date(2019, 5, 4)


def a_child(unit: UnitOfWork, *, given_name: str = "Leah", family_name: str = "Adeyemi") -> PersonId:
    """A child of six."""
    child = people.NewPerson(kind=people.PersonKind.CHILD, given_name=given_name, family_name=family_name, born_on=BORN)
    return people.create_person(unit, child)


def a_placed_child(
    unit: UnitOfWork,
    cluster: Cluster,
    *,
    stage: int = 3,
    on: dt.date = dt.date(2025, 5, 4),
    given_name: str = "Leah",
    episode_id: uuid.UUID | None = None,
) -> PersonId:
    """A child who has been at a stage in a cluster since a date."""
    child = a_child(unit, given_name=given_name)
    episode = EpisodeId(episode_id) if episode_id else None
    place_child(unit, PlaceChild(child, stage, cluster.id, episode_id=episode, on=on))
    return child


def a_proposal(person_id: PersonId, **facts: object) -> ProposeMove:
    """A step-down with all that it needs, to be accepted by the Shoebury school nurse unless told otherwise."""
    usual: dict[str, object] = {
        "move_id": StageMoveId(new_id()),
        "person_id": person_id,
        "to_stage": 2,
        "reasons": (MoveReason.OUTCOMES_MET,),
        "evidence": "Attendance has been 96 per cent since January",
        "risks_remaining": "Bedtimes at weekends",
        "contingency": "Two missed appointments in a row",
        "child": Said(Agreement.AGREED),
        "parent": Said(Agreement.AGREED),
        "receiver": Receiver(new_id(), "Nadia Rahman, school nurse", ""),
    }
    return ProposeMove(**(usual | facts))  # type: ignore[arg-type]
