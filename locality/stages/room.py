"""What the stages room brings to the application."""

from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.kernel import constraints
from locality.people import api as people
from locality.stages.operations.leaving import when_disabled
from locality.stages.queries.stages import fill_stages
from locality.stages.views import blueprint
from locality.web.registration import NavItem, Room

constraints.say(
    "stage_move_one_open", field=None, message="A move has been proposed for this child already. Settle it first"
)
constraints.say("stage_span_one_open", field=None, message="Somebody else has just moved this child. Look again")
constraints.say(
    "stage_move_person_id_sequence_key", field=None, message="Somebody else has just moved this child. Look again"
)


@people.record_tabs.register
def add_tab(tabs: list[people.RecordTab]) -> None:
    """The stages of a child are a tab of the child's record."""
    tabs.append(people.RecordTab("Stages", "stages.history", 30, frozenset({people.PersonKind.CHILD})))


people.standing.register(fill_stages)
accounts.disabled.register(when_disabled)

ROOM = Room(
    name="stages",
    blueprints=(blueprint,),
    nav=(NavItem("Stage moves", "stages.list_waiting", Permission.PEOPLE_SEARCH, 40),),
)
