"""One blueprint for all pages of the room, and what every page about a person or a family starts from."""

import datetime as dt
from typing import Any

from flask import Blueprint, url_for

from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.ids import FamilyId, PersonId
from locality.people.queries.families import get_family
from locality.people.queries.persons import PersonRecord, get_person
from locality.people.queries.standing import identity_of, tabs_for, tabs_for_family
from locality.web.endpoint import current_facts, may
from locality.web.signed_in import current_actor

blueprint = Blueprint("people", __name__)


def today() -> dt.date:
    """The date in England."""
    return london_date(SYSTEM_CLOCK.now())


def about_person(person_id: PersonId, *, tab: str | None = None) -> dict[str, Any]:
    """What each page about a person shows: the record, the identity bar and the tabs. Raises ``NotFound``."""
    session = db.session()
    person = get_person(session, person_id)
    who = identity_of(session, current_actor(), person, facts=current_facts(), today=today())
    return {"person": person, "who": who, "tabs": _tabs(person), "tab": tab, "today": today()}


def about_family(family_id: FamilyId, *, tab: str | None = None) -> dict[str, Any]:
    """What each page about a family shows: the family and the tabs. Raises ``NotFound``."""
    family = get_family(db.session(), family_id)
    tabs = [(one.label, url_for(one.endpoint, family_id=family_id)) for one in tabs_for_family() if may(one.permission)]
    return {"family": family, "tabs": tabs, "tab": tab, "today": today()}


def _tabs(person: PersonRecord) -> list[tuple[str, str]]:
    return [
        (tab.label, url_for(tab.endpoint, person_id=person.id)) for tab in tabs_for(person.kind) if may(tab.permission)
    ]
