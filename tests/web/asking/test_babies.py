"""A baby on the way is kept under a name by which it is found."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.people.models import Person
from locality.referrals.models import Contact
from tests.factories.accounts import an_account
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


def test_children_named_at_once_stand_by_age_and_a_baby_on_the_way_last(browse: Browse, session: Session) -> None:
    walk(browse)
    send(browse)
    browse.sign_in(an_account(session, name="Amira Khan", roles=[Role.SPOC_OFFICER]))
    (row,) = browse.get("/front-door").table("Open contacts")
    assert row["Children"] == "Tom Quillfeather (new), Baby Quillfeather (new)"
    contact = session.scalars(select(Contact.id)).one()
    decide = [text for text in browse.get(f"/contacts/{contact}").links if text.startswith("Decide for")]
    assert decide == ["Decide for Tom", "Decide for Baby Quillfeather"]
