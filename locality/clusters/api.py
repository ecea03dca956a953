"""What other rooms may ask of the clusters room.

Places: ``place_for``, ``list_clusters``, ``list_places``, ``find_cluster``, ``find_management``,
``population_of``, ``AUTHORITY_PLACE``.
Schools: ``list_schools``, ``find_school``, ``enrol``, ``school_of``.
People at work: ``list_agencies``, ``list_teams``, ``workers_in``, ``find_worker``, ``load_of``, ``add_worker``.
Caseload: push ``note_case`` (the whole picture of one open family) in the transaction that changes it, ``drop_case``
when the episode closes; ``case_weight`` says what a case weighs. After a bulk load call ``rebuild_caseload_tally``;
rows written in bulk take ``visible_to`` from here.
"""

from locality.clusters.operations.caseload import (
    CaseNote,
    drop_case,
    note_case,
    rebuild_caseload_tally,
    visible_to,
)
from locality.clusters.operations.places import (
    PopulationEstimate,
    add_cluster,
    add_locality,
    map_postcodes,
    record_population,
    slug_of,
)
from locality.clusters.operations.schools import NewSchool, add_school, enrol, move_school
from locality.clusters.operations.workers import Duty, NewWorker, add_agency, add_team, add_worker
from locality.clusters.queries.caseload import TallyDifference, caseload_differences
from locality.clusters.queries.managing import find_management
from locality.clusters.queries.places import (
    ClusterRow,
    Estimate,
    Place,
    PlaceRow,
    clusters_held,
    find_cluster,
    list_clusters,
    list_places,
    place_for,
    population_of,
    precedence,
    use_precedence,
)
from locality.clusters.queries.schools import Schooling, SchoolRow, find_school, list_schools, school_of
from locality.clusters.queries.setup import AgencyRow, TeamRow, list_agencies, list_teams
from locality.clusters.queries.workers import WorkerRow, find_worker, load_of, workers_in
from locality.clusters.rules import (
    AUTHORITY_PLACE,
    NO_LEAD,
    CaseFlag,
    CasePhase,
    Load,
    PlaceKind,
    PlacePrecedence,
    SchoolPhase,
    Sector,
    WeightFacts,
    case_weight,
)

__all__ = [
    "AUTHORITY_PLACE",
    "NO_LEAD",
    "AgencyRow",
    "CaseFlag",
    "CaseNote",
    "CasePhase",
    "ClusterRow",
    "Duty",
    "Estimate",
    "Load",
    "NewSchool",
    "NewWorker",
    "Place",
    "PlaceKind",
    "PlacePrecedence",
    "PlaceRow",
    "PopulationEstimate",
    "SchoolPhase",
    "SchoolRow",
    "Schooling",
    "Sector",
    "TallyDifference",
    "TeamRow",
    "WeightFacts",
    "WorkerRow",
    "add_agency",
    "add_cluster",
    "add_locality",
    "add_school",
    "add_team",
    "add_worker",
    "case_weight",
    "caseload_differences",
    "clusters_held",
    "drop_case",
    "enrol",
    "find_cluster",
    "find_management",
    "find_school",
    "find_worker",
    "list_agencies",
    "list_clusters",
    "list_places",
    "list_schools",
    "list_teams",
    "load_of",
    "map_postcodes",
    "move_school",
    "note_case",
    "place_for",
    "population_of",
    "precedence",
    "rebuild_caseload_tally",
    "record_population",
    "school_of",
    "slug_of",
    "use_precedence",
    "visible_to",
    "workers_in",
]  # fmt: skip
