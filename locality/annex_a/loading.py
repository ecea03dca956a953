"""Taking what was read into the register, through the rooms: each child and event once, however often it is run."""

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.annex_a import columns
from locality.annex_a.gathering import Gathered
from locality.annex_a.rows import Child, Entry, Problem
from locality.annex_a.spelling import key
from locality.caf import api as caf
from locality.clusters import api as clusters
from locality.kernel.actor import SYSTEM
from locality.kernel.errors import DomainError, RuleBroken
from locality.kernel.ids import ClusterId, PersonId
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.people import api as people
from locality.referrals import api as referrals

BATCH = 100  # events in one transaction
_SPACE = uuid.UUID("a77e0a00-0000-4000-8000-000000000001")
# Which of these keys an earlier import has taken over, so that the summary can say so.
_KNOWN = text(
    "SELECT external_key FROM contact WHERE external_key = ANY(:keys)"
    " UNION ALL SELECT external_key FROM referral WHERE external_key = ANY(:keys)"
    " UNION ALL SELECT external_key FROM assessment_source WHERE external_key = ANY(:keys)"
)


@dataclass(slots=True)
class Tally:
    """What became of the events of one list."""

    loaded: int = 0
    there: int = 0


@dataclass(slots=True)
class Loading:
    """What was loaded so far."""

    lists: dict[str, Tally] = field(default_factory=dict)
    new_children: int = 0
    known_children: int = 0
    placed_by_default: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Event:
    """One entry on its way in: who it is about, and the key that names it."""

    entry: Entry
    person: PersonId
    key: str


@dataclass(frozen=True, slots=True)
class Places:
    """How to find the cluster of a child who came without school or postcode."""

    by_school: dict[str, ClusterId]
    first_of_locality: dict[int, ClusterId]
    default: clusters.ClusterRow

    def of(self, organisation: str) -> ClusterId | None:
        """The cluster that an organisation's name points to: a school of ours, or "Locality 2"."""
        found = self.by_school.get(key(organisation))
        numbered = re.search(r"\blocality (\d{1,2})\b", organisation.casefold())
        return found or (self.first_of_locality.get(int(numbered.group(1))) if numbered else None)


def external_key(entry: Entry) -> str:
    """What names an event for ever: made from the child's number, the list, the date and what else tells it apart."""
    return f"annex-a:{uuid.uuid5(_SPACE, '|'.join(entry.identity()))}"


def person_id(number: str) -> PersonId:
    """The id of a child, made from the council's number."""
    return PersonId(uuid.uuid5(_SPACE, f"child|{number}"))


def find_places(session: Session, default_slug: str | None) -> Places:
    """The places to put children. Raises ``RuleBroken`` when there is no cluster, or none of that name."""
    found = clusters.list_clusters(session)
    default = next((cluster for cluster in found if default_slug in {None, cluster.slug}), None)
    if default is None:
        known = ", ".join(cluster.slug for cluster in found)
        raise RuleBroken(f"There is no cluster {default_slug}. There are: {known}" if found else _NO_CLUSTER)
    localities = list(dict.fromkeys(cluster.locality_id for cluster in found))
    first = {n: next(c.id for c in found if c.locality_id == place) for n, place in enumerate(localities, start=1)}
    schools = {key(s.name): s.cluster_id for s in clusters.list_schools(session) if s.cluster_id is not None}
    return Places(schools, first, default)


_NO_CLUSTER = "Set up at least one cluster first: early help belongs to a cluster"


def load(gathered: Gathered, places: Places, *, advance: Callable[[int], None]) -> Loading:
    """Load every event in batches; what a room refuses becomes a problem. ``advance`` is told of each batch."""
    loading = Loading(lists={name: Tally() for name in columns.LIST_NAMES})
    events = iter(gathered.entries)
    while batch := list(islice(events, BATCH)):
        with unit_of_work(SYSTEM) as uow:
            _load_batch(uow, batch, gathered.children, places, loading)
        advance(len(batch))
    return loading


def _load_batch(
    uow: UnitOfWork, batch: Sequence[Entry], children: dict[str, Child], places: Places, loading: Loading
) -> None:
    keys = {external_key(entry): entry for entry in batch}
    known = set(uow.session.scalars(_KNOWN, {"keys": list(keys)}))
    ids: dict[str, PersonId] = {}
    for external, entry in keys.items():
        tally, number = loading.lists[entry.list_name], entry.child.number
        try:
            if number not in ids:
                with uow.session.begin_nested():
                    ids[number] = _child(uow, children[number], loading)
            if external in known:
                tally.there += 1
                continue
            with uow.session.begin_nested():
                event = _Event(entry, ids[number], external)
                _LOADERS[entry.list_name](uow, event, places, loading)
        except DomainError as refused:
            loading.problems.append(_refused(entry, refused))
        else:
            tally.loaded += 1


def _child(uow: UnitOfWork, child: Child, loading: Loading) -> PersonId:
    found = people.find_by_la_child_id(uow.session, child.number)
    if found is not None:
        loading.known_children += 1
        return found
    made = people.create_person(
        uow,
        people.NewPerson(
            id=person_id(child.number),
            kind=people.PersonKind.CHILD,
            # The lists hold no names: until somebody adds them, people know the child by the council's number.
            known_as=child.number,
            sex=people.Sex(child.sex),
            ethnicity=people.Ethnicity(child.ethnicity),
            born_on=child.born_on,
            due_on=child.due_on,
            la_child_id=child.number,
        ),
    )
    loading.new_children += 1
    return made


def _contact(uow: UnitOfWork, event: _Event, _places: Places, _loading: Loading) -> None:
    source = referrals.Source(event.entry.source or "10")
    row = referrals.ImportedContact(event.key, event.person, event.entry.on, source)
    referrals.record_imported_contact(uow, row)


def _assessment(uow: UnitOfWork, event: _Event, places: Places, loading: Loading) -> None:
    entry = event.entry
    organisation = entry.organisation or ""
    cluster = places.of(organisation)
    loading.placed_by_default += cluster is None
    caf.record_imported_assessment(
        uow,
        caf.ImportedAssessment(
            external_key=event.key,
            person_id=event.person,
            started_on=entry.on,
            completed_on=entry.completed_on,
            organisation=organisation,
            cluster_id=cluster or places.default.id,
        ),
    )


def _referral(uow: UnitOfWork, event: _Event, _places: Places, _loading: Loading) -> None:
    entry = event.entry
    referrals.record_imported_referral(
        uow,
        referrals.ImportedReferral(
            external_key=event.key,
            person_id=event.person,
            referred_on=entry.on,
            source=referrals.Source(entry.source or "10"),
            no_further_action=bool(entry.nfa),
            allocated_team=entry.team or "",
            allocated_worker=entry.worker or "",
        ),
    )


_LOADERS = {columns.CONTACTS: _contact, columns.ASSESSMENTS: _assessment, columns.REFERRALS: _referral}


def _refused(entry: Entry, refused: DomainError) -> Problem:
    return Problem(
        list_name=entry.list_name,
        row=entry.row,
        column="",
        value=entry.child.number,
        problem=". ".join(reason.message for reason in refused.reasons),
        cure="Put it right in the workbook and run the import again; what is loaded already stays as it is.",
    )
