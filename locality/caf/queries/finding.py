"""Finding episodes and CAFs by the references that people say aloud."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Assessment, Episode
from locality.people.models import Family
from locality.search.find import FoundRecord


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
        row = session.execute(
            select(Assessment.id, Family.name)
            .join(Episode, Episode.id == Assessment.episode_id)
            .join(Family, Family.id == Episode.family_id)
            .where(Assessment.reference == reference)
        ).one_or_none()
        if row is not None:
            label = f"Assessment of the {row.name} family"
            found.append(FoundRecord(label, reference, "caf.assessment", {"assessment_id": row.id}))
