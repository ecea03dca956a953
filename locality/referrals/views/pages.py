"""The blueprint that the pages of this room hang on, and what several of them share."""

import datetime as dt

from flask import Blueprint, current_app

from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.settings import Settings
from locality.people import api as people
from locality.web import formats

blueprint = Blueprint("referrals", __name__)


def now() -> dt.datetime:
    """The instant of the request."""
    return SYSTEM_CLOCK.now()


def settings() -> Settings:
    """How this installation is set up."""
    found: Settings = current_app.config["LOCALITY"]
    return found


def age_of(born_on: dt.date | None, due_on: dt.date | None, today: dt.date) -> str:
    """How old a child is, as a card says it: "8 years", "due 2 May 2026"."""
    return f"due {formats.day(due_on)}" if due_on else formats.age(born_on, today)


def ages(known: tuple[people.PersonSummary, ...], today: dt.date) -> tuple[str, ...]:
    """Children with their ages: "Leah Adeyemi, 8 years"."""
    return tuple(f"{person.name}, {age_of(person.born_on, person.due_on, today)}" for person in known)
