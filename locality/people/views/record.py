"""A person's record: story, details, the people around them, whereabouts, and who has looked."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from urllib.parse import urlencode

from flask import request, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.audit import trail
from locality.audit.words import action_words, reason_words
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.kernel.paging import PAGE_SIZE, page_number
from locality.people.forms.ties import ActionForm
from locality.people.queries.linking import said_together
from locality.people.queries.persons import access_facts
from locality.people.queries.standing import age_words
from locality.people.queries.story import StoryFilter, list_story
from locality.people.queries.surroundings import surroundings
from locality.people.queries.tree import family_tree
from locality.people.queries.whereabouts import whereabouts
from locality.people.rules.codes import (
    ADDRESS_KINDS,
    CONTACT_KINDS,
    DISABILITIES,
    ETHNICITIES,
    GENDER_IDENTITIES,
    PR_BASES,
    SEXES,
    STORY_KINDS,
    UPN_UNKNOWN,
    Disability,
    StoryKind,
)
from locality.people.rules.linking import LINK_KINDS, SIDES
from locality.people.views.blueprint import about_person, blueprint, today
from locality.web import page, typed
from locality.web.endpoint import may, requires
from locality.web.period import PeriodForm

# How far back a story is read, by the words of the link.
PERIODS = {"3 months": dt.timedelta(days=92), "a year": dt.timedelta(days=366), "3 years": dt.timedelta(days=1096)}


@blueprint.get("/people/<uuid:person_id>")
@requires(Permission.PERSON_VIEW, facts=access_facts, reads=Part.STORY)
def person(person_id: PersonId) -> ResponseReturnValue:
    """The story, newest first; for somebody who may know only who the person is, their details."""
    if not may(Permission.STORY_VIEW):
        return _details(person_id, tab="Details")
    wanted, period = _wanted()
    about = about_person(person_id, tab="Story")
    also = [one.id for one in about["joined"]]
    lines = list_story(db.session(), person_id, wanted=wanted, number=page_number(request.args.get("page")), also=also)
    chosen: dict[str, str | None] = {
        "kind": wanted.kind.value if wanted.kind else None,
        "source": wanted.source,
        "back": period,
    }
    return page.render(
        "people/person.html",
        **about,
        lines=lines,
        kinds=STORY_KINDS,
        periods=tuple(PERIODS),
        chosen=chosen,
        link=_story_links(person_id, chosen),
    )


@blueprint.get("/people/<uuid:person_id>/details")
@requires(Permission.PERSON_VIEW, facts=access_facts, reads=Part.IDENTITY)
def details(person_id: PersonId) -> ResponseReturnValue:
    """Who the person is: names, dates, numbers, what they say of themselves. No address."""
    return _details(person_id, tab="Details")


@blueprint.get("/people/<uuid:person_id>/people")
@requires(Permission.PERSON_VIEW, facts=access_facts, reads=Part.IDENTITY)
def people_around(person_id: PersonId) -> ResponseReturnValue:
    """The family tree, who helps, relations, parental responsibility, households and families."""
    about = about_person(person_id, tab="People")
    found = surroundings(db.session(), about["person"])
    return page.render(
        "people/around.html",
        **about,
        found=found,
        tree=family_tree(found, about["person"], today()),
        bases=PR_BASES,
        age_of=lambda person: age_words(person, today()),
        decisions=found.decisions,
        kinds=LINK_KINDS,
        may_link=may(Permission.LINK_DECIDE),
        may_undo=may(Permission.LINK_UNDO),
        form=ActionForm(),
        may_edit=may(Permission.PERSON_EDIT),
        may_make_family=may(Permission.FAMILY_EDIT),
        may_see_homes=may(Permission.WHEREABOUTS_VIEW),
        may_edit_homes=may(Permission.WHEREABOUTS_EDIT),
    )


@blueprint.get("/people/<uuid:person_id>/whereabouts")
@requires(Permission.WHEREABOUTS_VIEW, facts=access_facts, reads=Part.WHEREABOUTS)
def where(person_id: PersonId) -> ResponseReturnValue:
    """Addresses, telephone numbers and households, for those who may know them."""
    about = about_person(person_id, tab="Whereabouts")
    return page.render(
        "people/whereabouts.html",
        **about,
        found=whereabouts(db.session(), person_id, also=[one.id for one in about["joined"]]),
        address_kinds=ADDRESS_KINDS,
        contact_kinds=CONTACT_KINDS,
        form=ActionForm(),
        may_edit=may(Permission.WHEREABOUTS_EDIT),
    )


@blueprint.get("/people/<uuid:person_id>/seen")
@requires(Permission.PERSON_TRAIL_VIEW, facts=access_facts, reads=Part.IDENTITY)
def seen(person_id: PersonId) -> ResponseReturnValue:
    """Who has looked at this record or changed it, newest first."""
    about = about_person(person_id, tab="Who has seen this")
    before = request.args.get("before", "")
    form = PeriodForm(request.args)
    fits = form.validate() and not form.refuse_backward_dates()
    rows = _looks(person_id, form, before) if fits else ()
    shown = rows[:PAGE_SIZE]
    days = {name: value for name, value in request.args.items() if name.startswith(("from_on-", "until_on-")) and value}
    return page.render(
        "people/seen.html",
        **about,
        rows=[(row, action_words(row.action, row.part), reason_words(row.reason, row.outcome)) for row in shown],
        older=shown[-1].seq if len(rows) > len(shown) else None,
        is_first=not before,
        form=form,
        days=days,
    )


def _looks(person_id: PersonId, form: PeriodForm, before: str) -> Sequence[trail.TrailRow]:
    """A page of the looks and changes of some days, and one more when there are more."""
    return trail.list_events(
        db.session(),
        trail.Filter(subject=person_id, from_at=form.from_at, until_at=form.until_at),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )


def _details(person_id: PersonId, *, tab: str) -> ResponseReturnValue:
    about = about_person(person_id, tab=tab)
    person = about["person"]
    return page.render(
        "people/details.html",
        **about,
        words={
            "sex": SEXES[person.sex],
            "gender": GENDER_IDENTITIES[person.gender_identity] if person.gender_identity else "Not yet asked",
            "ethnicity": ETHNICITIES[person.ethnicity],
            "disabilities": ", ".join(DISABILITIES[Disability(code)] for code in person.disabilities),
            "upn_unknown": UPN_UNKNOWN[person.upn_unknown] if person.upn_unknown else "",
        },
        said=said_together((person, *about["joined"])),
        sides=SIDES,
        may_edit=may(Permission.PERSON_EDIT),
        may_read_story=may(Permission.STORY_VIEW),
    )


def _wanted() -> tuple[StoryFilter, str | None]:
    """What the address asks for; what it misspells is left out."""
    kind, source = request.args.get("kind", ""), typed.clean(request.args.get("source", ""))[:200]
    period = request.args.get("back", "")
    back = PERIODS.get(period)
    return (
        StoryFilter(
            kind=StoryKind(kind) if kind in set(StoryKind) else None,
            source=source or None,
            from_on=today() - back if back else None,
        ),
        period if back else None,
    )


def _story_links(person_id: PersonId, chosen: dict[str, str | None]) -> Callable[..., str]:
    """Makes the address of the same story with something of the choice changed; each address is made once."""
    story = url_for("people.person", person_id=person_id)

    @cache
    def link(**changed: str | None) -> str:
        arguments = {name: value for name, value in (chosen | changed).items() if value}
        return f"{story}?{urlencode(arguments)}" if arguments else story

    return link
