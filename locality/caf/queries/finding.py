"""Finding episodes and CAFs: by the references that people say aloud, and from a child's record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.permissions import Permission
from locality.caf.models import Assessment, Episode
from locality.people import api as people
from locality.people.models import Family
from locality.search.find import FoundRecord


def add_tabs(tabs: list[people.RecordTab]) -> None:
    """A child's record leads to the help that the child has."""
    tabs.append(
        people.RecordTab(
            "CAF and plan", "caf.of_child", 20, frozenset({people.PersonKind.CHILD}), Permission.EPISODE_VIEW
        )
    )


def add_family_tabs(tabs: list[people.FamilyTab]) -> None:
    """A family's page leads to the help that the family has."""
    tabs.append(people.FamilyTab("Early help", "caf.of_family", 20, Permission.EPISODE_VIEW))


def find_by_reference(session: Session, reference: str, found: list[FoundRecord]) -> None:
    """Add the episode or CAF that carries a reference, where the actor may see it."""
    if reference.startswith("EH-"):
        row = session.execute(
            select(Episode.id, Family.name)
            .join(Family, Family.id == Episode.family_id)
            .where(Episode.reference == reference)
        ).one_or_none()
        if row is not None:
            label = f"Early help for the {row.name} family"
            found.append(FoundRecord(label, reference, "caf.episode", {"episode_id": row.id}))
    elif reference.startswith("CA-"):
        caf = session.execute(
            select(Assessment.id, Family.name)
            .join(Episode, Episode.id == Assessment.episode_id)
            .join(Family, Family.id == Episode.family_id)
            .where(Assessment.reference == reference)
        ).one_or_none()
        if caf is not None:
            label = f"Assessment of the {caf.name} family"
            found.append(FoundRecord(label, reference, "caf.assessment", {"assessment_id": caf.id}))
