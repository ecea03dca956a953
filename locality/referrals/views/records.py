"""The referrals tab of a child's record."""

from dataclasses import replace

from flask import url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.referrals.queries import records as queries
from locality.referrals.queries import summaries
from locality.referrals.queries.access import referrals_to_open
from locality.referrals.rules import codes
from locality.referrals.views.pages import blueprint, now
from locality.web import page
from locality.web.endpoint import current_facts, may, note_people_shown, requires
from locality.web.signed_in import current_actor


@blueprint.get("/people/<uuid:person_id>/referrals")
@requires(Permission.STORY_VIEW, facts=people.access_facts, reads=Part.STORY)
def record(person_id: PersonId) -> ResponseReturnValue:
    """Every contact and referral about a child, under whatever record, that the reader may see."""
    session, actor = db.session(), current_actor()
    person = people.get_person(session, person_id)
    everyone = [person_id, *(one.id for one in person.linked)]
    note_people_shown(list(everyone))
    who = people.identity_of(session, actor, person, facts=current_facts(), today=london_date(now()))
    referrals = summaries.referrals_about(session, everyone)
    return page.render(
        "referrals/record.html",
        who=replace(who, why_href=url_for("people.why", person_id=person_id)),
        person=person,
        contacts=queries.list_contacts(session, everyone),
        referrals=referrals,
        opens=referrals_to_open(session, actor, (row.id for row in referrals), current_facts()),
        sources=codes.SOURCE_WORDS,
        outcomes=codes.OUTCOME_WORDS,
        kinds=codes.KIND_WORDS,
        may_record=person.kind is people.PersonKind.CHILD and may(Permission.CONTACT_CREATE),
    )
