"""What a reader of an assessment does not get: topics that the family keeps out of what is shared."""

from collections.abc import Iterable

from locality.access.parts import GrantReason, Part
from locality.caf.queries.agreement import topics_kept_out
from locality.caf.rules.papers import elements_about
from locality.caf.views.heading import today
from locality.kernel.db import db
from locality.kernel.ids import PersonId
from locality.web.endpoint import current_facts

# Who sees an assessment for no other reason sees what the family agreed to share. Who leads, supervises, covers or
# opens it in an emergency works with the whole of it.
_BY_AGREEMENT = frozenset({GrantReason.TEAM_AROUND_CHILD})


def elements_kept_out(about: Iterable[PersonId]) -> frozenset[str]:
    """The elements on topics that the family keeps from this reader, as it stands at this moment.

    What opens no assessment (a service's referral, a cluster's agreement) lets nobody see more of one. No statement for
    a reader who sees everything, else one.
    """
    if any(grant.reason not in _BY_AGREEMENT for grant in current_facts().grants if Part.ASSESSMENT in grant.parts):
        return frozenset()
    return elements_about(topics_kept_out(db.session(), about, today=today()))
