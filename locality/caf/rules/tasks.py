"""The order in which a CAF's sections follow one another, for the task list and for "save and next"."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from locality.caf.rules.elements import CHILD_ELEMENTS, SHARED_ELEMENTS


@dataclass(frozen=True, slots=True)
class Place:
    """One element of a CAF: its code, and the child it is about (None: all of them)."""

    code: str
    child_id: uuid.UUID | None


def places(children: Iterable[uuid.UUID]) -> tuple[Place, ...]:
    """Every element of a CAF in order: each child's development, then what all share."""
    own = [Place(element.code, child) for child in children for element in CHILD_ELEMENTS]
    return (*own, *(Place(element.code, None) for element in SHARED_ELEMENTS))


def place_after(place: Place, children: Iterable[uuid.UUID]) -> Place | None:
    """The element that follows; None after the last."""
    order = places(children)
    if place not in order:
        return None
    following = order.index(place) + 1
    return order[following] if following < len(order) else None
