"""The referrals tab of a child's record."""

from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.people import api as people
from locality.referrals.queries import records as queries
from locality.referrals.queries import summaries
from locality.referrals.rules import codes
from locality.referrals.views.pages import blueprint, now
from locality.web import page
from locality.web.endpoint import current_facts, requires
from locality.web.signed_in import current_actor


@blueprint.get("/people/<uuid:person_id>/referrals")
@requires(Permission.STORY_VIEW, facts=people.access_facts, reads=Part.STORY)
def record(person_id: PersonId) -> ResponseReturnValue:
    """Every contact and referral about a child that the reader may see."""
    session, actor = db.session(), current_actor()
    person = people.get_person(session, person_id)
    who = people.identity_of(session, actor, person, facts=current_facts(), today=london_date(now()))
    return page.render(
        "referrals/record.html",
        who=who,
        person=person,
        contacts=queries.list_contacts(session, person_id),
        referrals=summaries.referrals_about(session, [person_id]),
        sources=codes.SOURCE_WORDS,
        outcomes=codes.OUTCOME_WORDS,
        kinds=codes.KIND_WORDS,
    )
