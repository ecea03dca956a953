"""What the people room brings to the application."""

import argparse
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.kernel.actor import SYSTEM
from locality.kernel.errors import DomainError
from locality.kernel.progress import progress
from locality.kernel.uow import unit_of_work
from locality.people.operations.postcodes import import_postcodes
from locality.people.queries import persons
from locality.people.queries.finding import add_families, called
from locality.people.queries.restricting import closed_by_name
from locality.people.queries.standing import FamilyTab, RecordTab, family_tabs, record_tabs
from locality.people.views import (
    births,
    entering,
    families,
    finding,
    homes,
    linking,
    record,
    restricting,
    seeing,
    story,
    ties,
    whereabouts,
)
from locality.people.views.blueprint import blueprint
from locality.search.find import records_by_reference
from locality.web.registration import Command, NavItem, Room

PAGES = (record, entering, births, ties, whereabouts, families, homes, seeing, finding, story, linking, restricting)
_SHOWN = 20


@record_tabs.register
def add_tabs(tabs: list[RecordTab]) -> None:
    """The tabs of a record that are this room's."""
    tabs.extend(
        (
            RecordTab("Story", "people.person", 10),
            RecordTab("Details", "people.details", 35, permission=Permission.PERSON_VIEW),
            RecordTab("People", "people.people_around", 40, permission=Permission.PERSON_VIEW),
            RecordTab("Whereabouts", "people.where", 50, permission=Permission.WHEREABOUTS_VIEW),
            RecordTab("Who has seen this", "people.seen", 90, permission=Permission.PERSON_TRAIL_VIEW),
        )
    )


@family_tabs.register
def add_family_tab(tabs: list[FamilyTab]) -> None:
    """The first tabs of a family."""
    tabs.append(FamilyTab("People", "people.family", 10))
    tabs.append(FamilyTab("Story", "people.family_story", 15, Permission.STORY_VIEW))


class AuditSubjects:
    """People as the audit trail refers to them: by reference, whoever asks, and nothing else."""

    def find(self, session: Session, reference: str) -> uuid.UUID | None:
        """The person of a written reference; nobody whom a restriction closes to the reader by name."""
        kept_back = closed_by_name(session)
        with elevated(session, "the audit trail names people by reference to those who keep watch"):
            found = persons.find_by_reference(session, reference)
        return None if found is None or found.id in kept_back else found.id

    def called(self, session: Session, typed: str) -> Sequence[accounts.Called]:
        """The people with a name, by reference and year of birth, at most ten; not whom a restriction keeps back."""
        return called(session, typed)

    def references(self, session: Session, people: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
        """Written references by person."""
        with elevated(session, "the audit trail names people by reference to those who keep watch"):
            found = persons.summaries(session, people)
        return {person: summary.reference for person, summary in found.items()}


accounts.lend_subjects(AuditSubjects())
records_by_reference.register(add_families)


def _postcodes_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a CSV file with the columns postcode, easting and northing")


def _import_postcodes(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    try:
        with path.open("rb") as file:
            lines = sum(1 for _ in file)
        with progress(max(lines - 1, 1), "Postcodes") as bar, unit_of_work(SYSTEM) as uow:
            imported = import_postcodes(uow, path, advance=bar.advance)
    except OSError as error:
        sys.stderr.write(f"{path}: {error.strerror or error}\n")
        return 1
    except DomainError as error:
        sys.stderr.write(f"{path}: {error}\n")
        return 1
    for line in imported.refused[:_SHOWN]:
        sys.stderr.write(f"{line}\n")
    if len(imported.refused) > _SHOWN:
        sys.stderr.write(f"… and {len(imported.refused) - _SHOWN:,} more lines\n")
    sys.stdout.write(f"{imported.taken:,} postcodes in the list; {len(imported.refused):,} lines left out\n")
    return 0


ROOM = Room(
    name="people",
    blueprints=(blueprint,),
    nav=(
        NavItem("Search", "people.search", Permission.PEOPLE_SEARCH, 25),
        NavItem("Linked records", "people.links", Permission.LINK_UNDO, 27),
        NavItem("Closed records", "people.restrictions", Permission.RESTRICTIONS_VIEW, 28),
    ),
    commands=(
        Command(
            name="import postcodes",
            help="Replace the list of postcodes by a file's",
            run=_import_postcodes,
            arguments=_postcodes_argument,
            examples=("locality import postcodes locality/people/data/southend-postcodes.csv",),
        ),
    ),
)
