"""Who a page is about: the heading of pages about a family's episode and about one of its children."""

import datetime as dt
from dataclasses import dataclass

from flask import url_for

from locality.access.policy import why
from locality.caf.queries.cases import Case
from locality.caf.queries.children import ChildRow
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import EpisodeId
from locality.web.endpoint import current_facts
from locality.web.formats import age, day
from locality.web.signed_in import current_actor


@dataclass(frozen=True, slots=True)
class Heading:
    """What the identity bar shows; a family has no age and no school."""

    name: str
    href: str
    reference: str
    why: str | None
    age: str | None = None
    born_on: dt.date | None = None
    school: str | None = None
    stage: int | None = None
    stage_since: dt.date | None = None
    lead: str | None = None
    warning: str | None = None


def today() -> dt.date:
    """The date in England."""
    return london_date(SYSTEM_CLOCK.now())


def now() -> dt.datetime:
    """The instant."""
    return SYSTEM_CLOCK.now()


def family_heading(case: Case) -> Heading:
    """The heading of an episode's pages."""
    lead_missing = case.is_open and case.lead_name is None
    return Heading(
        name=f"{case.family_name} family",
        href=url_for("caf.episode", episode_id=case.id),
        reference=case.reference,
        why=why_words(),
        lead=case.lead_name,
        warning="No lead professional" if lead_missing else None,
    )


def plain_heading(*, family_name: str, reference: str, episode_id: EpisodeId) -> Heading:
    """The heading of a page about a whole family that needs no more than its name."""
    return Heading(
        name=f"{family_name} family",
        href=url_for("caf.episode", episode_id=episode_id),
        reference=reference,
        why=why_words(),
    )


def child_heading(child: ChildRow) -> Heading:
    """The heading of pages about one child."""
    return Heading(
        name=child.name,
        href=f"/people/{child.id}",
        reference=child.reference,
        why=why_words(),
        age=f"due {day(child.due_on)}" if child.is_unborn else age(child.born_on, today()),
        born_on=child.born_on,
        school=child.school,
        stage=child.stage,
        stage_since=child.stage_since,
    )


def why_words() -> str | None:
    """Why the reader sees this page."""
    found = why(current_facts(), current_actor())
    if found is None:
        return None
    words, since = found
    return f"You see this because {words}{f', since {day(since)}' if since else ''}"
