"""The blueprint that the pages of this room hang on, and what several of them share."""

import datetime as dt
import uuid
from collections.abc import Callable

from flask import Blueprint, current_app, url_for

from locality.access.policy import why
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.errors import DomainError
from locality.kernel.settings import Settings
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.people import api as people
from locality.web import formats
from locality.web.endpoint import current_facts
from locality.web.form import Form
from locality.web.signed_in import current_actor

blueprint = Blueprint("referrals", __name__)


def now() -> dt.datetime:
    """The instant of the request."""
    return SYSTEM_CLOCK.now()


def settings() -> Settings:
    """How this installation is set up."""
    found: Settings = current_app.config["LOCALITY"]
    return found


def contact_tabs(contact_id: uuid.UUID) -> list[tuple[str, str]]:
    """The pages of a contact."""
    return [
        ("What was said", url_for("referrals.contact", contact_id=contact_id)),
        ("Screening", url_for("referrals.screening", contact_id=contact_id)),
        ("Decisions", url_for("referrals.decisions", contact_id=contact_id)),
    ]


def done(form: Form, change: Callable[[UnitOfWork], object]) -> bool:
    """Whether a change stands; what was against it is put into the form."""
    try:
        with unit_of_work(current_actor()) as uow:
            change(uow)
    except DomainError as error:
        form.add_reasons(error)
        return False
    return True


def age_of(born_on: dt.date | None, due_on: dt.date | None, today: dt.date) -> str:
    """How old a child is, as a card says it: "8 years", "due 2 May 2026"."""
    return f"due {formats.day(due_on)}" if due_on else formats.age(born_on, today)


def ages(known: tuple[people.PersonSummary, ...], today: dt.date) -> tuple[str, ...]:
    """Children with their ages: "Leah Adeyemi, 8 years"."""
    return tuple(f"{person.name}, {age_of(person.born_on, person.due_on, today)}" for person in known)


def why_seen() -> str | None:
    """Why the reader sees a record that is about several people, as every page of a record says it."""
    reason = why(current_facts(), current_actor())
    if reason is None:
        return None
    words, since = reason
    return f"You see this because {words}" + (f" since {formats.day(london_date(since))}" if since else "")
