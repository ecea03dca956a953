"""One blueprint for all pages of the room, and what every page about a person or a family starts from."""

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for

from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.ids import FamilyId, PersonId
from locality.people.queries.families import get_family
from locality.people.queries.joined import joined_records
from locality.people.queries.persons import PersonRecord
from locality.people.queries.standing import heading, tabs_for, tabs_for_family
from locality.web.endpoint import current_facts, may
from locality.web.signed_in import current_actor

blueprint = Blueprint("people", __name__)

# The pages that show all records of one person together. Who has looked is a matter of each record.
_JOINED = frozenset({"people.person", "people.details", "people.people_around", "people.where"})


def today() -> dt.date:
    """The date in England."""
    return london_date(SYSTEM_CLOCK.now())


def about_person(person_id: PersonId, *, tab: str | None = None) -> dict[str, Any]:
    """What each page about a person shows: the record, the identity bar and the tabs. Raises ``NotFound``.

    ``joined`` are the person's other records, whole. A page that shows all of them together is that of the record that
    leads, so that what is opened there is written there; ``?record=own`` shows another one's own page.
    """
    (person, *joined), standing = joined_records(db.session(), person_id)
    _to_lead(person)
    families = {family.id: family for record in (person, *joined) for family in record.families}
    person = replace(person, families=tuple(families.values()))
    who = heading(current_actor(), person, standing, facts=current_facts(), today=today())
    who = replace(who, why_href=url_for("people.why", person_id=person_id))
    return {"person": person, "joined": joined, "who": who, "tabs": _tabs(person), "tab": tab, "today": today()}


def _to_lead(person: PersonRecord) -> None:
    """Send the reader of a joined page to the record that leads, where they may see it."""
    lead = next((one.id for one in person.linked if one.leads), None)
    if lead is not None and request.endpoint in _JOINED and request.args.get("record") != "own":
        arguments: dict[str, Any] = {**request.args.to_dict(), "person_id": lead}
        abort(redirect(url_for(request.endpoint, **arguments)))


def about_family(family_id: FamilyId, *, tab: str | None = None) -> dict[str, Any]:
    """What each page about a family shows: the family and the tabs. Raises ``NotFound``."""
    family = get_family(db.session(), family_id)
    tabs = [(one.label, url_for(one.endpoint, family_id=family_id)) for one in tabs_for_family() if may(one.permission)]
    return {"family": family, "tabs": tabs, "tab": tab, "today": today()}


def _tabs(person: PersonRecord) -> list[tuple[str, str]]:
    return [
        (tab.label, url_for(tab.endpoint, person_id=person.id)) for tab in tabs_for(person.kind) if may(tab.permission)
    ]
