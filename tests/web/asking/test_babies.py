"""A baby on the way is kept under a name by which it is found."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.people.models import Person
from tests.support.web import Browse
from tests.web.asking.journeys import BABY, FAMILY, send, walk

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    ("baby", "you", "name"),
    [
        (BABY, {}, "Quillfeather"),
        (BABY | {"family_name": "Baker"}, {}, "Baker"),
        (BABY | {"given_name": "Ada"}, {}, ""),
        (BABY, {"given_name": "Gran", "family_name": "Other", "who": "relative"}, "Quillfeather"),
    ],
    ids=["the asking mother’s", "its own", "none beside its first name", "its brother’s"],
)
def test_a_baby_without_a_name_is_kept_under_its_familys(
    browse: Browse, session: Session, baby: Mapping[str, str], you: Mapping[str, Any], name: str
) -> None:
    changed = {"children/2": baby} | ({"you": you} if you else {})
    walk(browse, tuple((page, changed.get(page, data)) for page, data in FAMILY))
    send(browse)
    assert session.scalars(select(Person.family_name).where(Person.due_on.is_not(None))).all() == [name]
