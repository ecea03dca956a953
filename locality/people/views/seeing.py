"""Why the reader can see a record, and who else can."""

from flask.typing import ResponseReturnValue

from locality.access.parts import OTHERS_REASONS, REASON_WORDS, Part
from locality.access.permissions import Permission
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.ids import PersonId
from locality.people.queries.persons import access_facts
from locality.people.queries.restricting import restrictions_on
from locality.people.queries.seeing import all_grants, own_grants, reference_of
from locality.people.rules.restricting import MODES
from locality.people.rules.seeing import ENDS, opened
from locality.people.rules.seeing import closed as not_opened
from locality.people.views.blueprint import about_person, blueprint
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.signed_in import current_actor


@blueprint.get("/people/<uuid:person_id>/why")
@requires(Permission.PERSON_VIEW, facts=access_facts, reads=Part.IDENTITY)
def why(person_id: PersonId) -> ResponseReturnValue:
    """Every reason for which the reader may see this record, what each opens, and what none of them does."""
    about = about_person(person_id)
    held = own_grants(db.session(), current_actor(), person_id)
    return page.render(
        "people/why.html",
        **about,
        held=held,
        reasons=REASON_WORDS,
        ends=ENDS,
        opened=opened,
        never=not_opened({part for row in held for part in row.parts}),
        may_see_others=may(Permission.PERSON_TRAIL_VIEW),
        may_declare=may(Permission.CONFLICT_DECLARE),
    )


@blueprint.get("/people/<uuid:person_id>/who-can-see")
@requires(Permission.PERSON_TRAIL_VIEW, facts=access_facts, reads=Part.IDENTITY)
def who_can_see(person_id: PersonId) -> ResponseReturnValue:
    """Everybody who may open this record now, by reason: for those who lead, oversee or keep watch."""
    reference = reference_of(db.session(), person_id)
    if reference is None:
        raise NotFound("There is no such person, or none whom you may see")
    closed = restrictions_on(db.session(), person_id)
    rows = all_grants(db.session(), person_id, closed=closed)
    return page.render(
        "people/who_can_see.html",
        reference=reference,
        person_id=person_id,
        rows=rows,
        reasons=OTHERS_REASONS,
        opened=opened,
        may_open=may(Permission.PERSON_VIEW),
        closed=closed,
        modes=MODES,
        may_restrict=may(Permission.RESTRICTION_SET),
    )
