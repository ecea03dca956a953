"""What the clusters room brings to the application."""

from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.clusters.queries.schools import fill_schools
from locality.clusters.queries.setup import add_agency_choices, name_places, places_for_roles
from locality.clusters.views import blueprint
from locality.consent import api as consent
from locality.kernel import constraints
from locality.kernel.actor import Role
from locality.people import api as people
from locality.web.registration import NavItem, Room

constraints.say("locality_name_key", field="name", message="There is a locality with this name already")
constraints.say("locality_slug_key", field="name", message="There is a locality with a name like this already")
constraints.say("cluster_name_key", field="name", message="There is a cluster with this name already")
constraints.say("cluster_slug_key", field="name", message="There is a cluster with a name like this already")
constraints.say("school_urn_key", field="urn", message="There is a school with this national number already")
constraints.say("agency_name_key", field="name", message="There is an agency with this name already")
constraints.say("team_agency_id_name_key", field="name", message="This agency has a team with this name already")

accounts.lend_places(places_for_roles)
people.standing.register(fill_schools)
people.grant_holders.register(name_places)
consent.agency_choices.register(add_agency_choices)

ROOM = Room(
    name="clusters",
    blueprints=(blueprint,),
    nav=(
        NavItem("Caseload", "clusters.my_caseload", Permission.CLUSTERS_LIST, 30, also="/clusters"),
        NavItem("Places", "clusters.list_places", Permission.PLACES_ADMINISTER, 72),
    ),
    homes={Role.CLUSTER_MEMBER: "clusters.my_caseload", Role.SUPERVISOR: "clusters.my_caseload"},
)
