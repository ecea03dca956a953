"""What every page of agreement starts from: whose it is, who belongs, and the names to say it with."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import url_for

from locality.consent.queries import AgencyChoice, agency_choices
from locality.consent.views.cards import Namer
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.db import db
from locality.kernel.ids import FamilyId
from locality.people import api as people
from locality.web.endpoint import may


def about_family(family_id: FamilyId, *, tab: str | None = None) -> dict[str, Any]:
    """What each page about a family's agreement starts from. Raises ``NotFound``."""
    family, rows = people.family_and_rows(db.session(), family_id)
    tabs = [
        (one.label, url_for(one.endpoint, family_id=family_id))
        for one in people.tabs_for_family()
        if may(one.permission)
    ]
    members = [row.person for row in rows if row.until_on is None]
    return {"family": family, "rows": rows, "members": members, "tabs": tabs, "tab": tab, "today": today()}


def namer_of(about: dict[str, Any], agencies: Sequence[AgencyChoice]) -> Namer:
    """The names of the family's people and of these agencies."""
    known = {row.person.id: row.person.name for row in about["rows"]}
    return Namer(known, {agency.id: agency.name for agency in agencies})


def agencies_offered() -> list[AgencyChoice]:
    """The agencies that a family may name; one statement."""
    choices: list[AgencyChoice] = []
    agency_choices(db.session(), choices)
    return choices


def today() -> dt.date:
    """The date in England."""
    return london_date(SYSTEM_CLOCK.now())
