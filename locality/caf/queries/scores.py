"""Reading scales and the scores of children."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Scale, ScaleVersion, Score
from locality.caf.rules.scales import Band, Better, Item, Line, Reading, Respondent, ScaleFacts
from locality.kernel.errors import NotFound
from locality.kernel.ids import EpisodeId, PersonId


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a scale, with what reading its scores needs."""

    id: uuid.UUID
    scale_id: uuid.UUID
    code: str
    scale_name: str
    is_built_in: bool
    number: int
    label: str
    facts: ScaleFacts
    source: str
    licence: str
    is_in_use: bool
    created_by_name: str

    @property
    def name(self) -> str:
        """The scale and which version of it."""
        return f"{self.scale_name}, {self.label[0].lower()}{self.label[1:]}"


def list_versions(session: Session, *, only_in_use: bool = False) -> tuple[VersionRow, ...]:
    """Every version of every scale, by name; one statement."""
    statement = _VERSIONS.where(ScaleVersion.is_in_use) if only_in_use else _VERSIONS
    ordered = statement.order_by(Scale.is_built_in.desc(), Scale.name, ScaleVersion.number.desc())
    return tuple(_version(row) for row in session.execute(ordered))


def get_version(session: Session, version_id: uuid.UUID) -> VersionRow:
    """One version of a scale; raises ``NotFound``."""
    row = session.execute(_VERSIONS.where(ScaleVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such scale")
    return _version(row)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score as it was recorded; ``struck_why`` says why it no longer counts, empty while it does."""

    id: uuid.UUID
    person_id: PersonId
    version: VersionRow
    respondent: Respondent
    scored_on: dt.date
    points: dict[str, int]
    total: int
    note: str
    recorded_by_name: str
    struck_why: str

    @property
    def band(self) -> str | None:
        """The band of the total, where bands are kept for who answered."""
        return self.version.facts.band_of(self.total, self.respondent)


def list_scores(session: Session, episode_id: EpisodeId) -> tuple[ScoreRow, ...]:
    """The scores of an episode's children, by date, those struck out among them; one statement."""
    rows = session.execute(
        _VERSIONS.add_columns(
            Score.id.label("score_id"), Score.person_id, Score.respondent, Score.scored_on, Score.points, Score.total,
            Score.note, Score.recorded_by_name, Score.struck_why,
        )
        .join(Score, Score.scale_version_id == ScaleVersion.id)
        .where(Score.episode_id == episode_id)
        .order_by(Score.scored_on, Score.recorded_at, Score.id)
    )  # fmt: skip
    return tuple(_score(row) for row in rows)


def find_score(session: Session, episode_id: EpisodeId, score_id: uuid.UUID) -> ScoreRow | None:
    """One score of an episode; None when it is of another."""
    return next((row for row in list_scores(session, episode_id) if row.id == score_id), None)


def lines_of(scores: Iterable[ScoreRow]) -> tuple[Line, ...]:
    """Scores set beside each other where they may be: one child, one version of a scale, one kind of respondent.

    Of two scores on one day the later entry stands.
    """
    found: dict[tuple[uuid.UUID, uuid.UUID, Respondent], list[ScoreRow]] = {}
    for score in scores:
        if not score.struck_why:
            found.setdefault((score.person_id, score.version.id, score.respondent), []).append(score)
    return tuple(_line(rows) for rows in found.values())


def _line(rows: Sequence[ScoreRow]) -> Line:
    first = rows[0]
    by_day = {row.scored_on: Reading(row.scored_on, row.total, row.band) for row in rows}
    return Line(
        person_id=first.person_id,
        scale_name=first.version.name,
        version_id=first.version.id,
        respondent=first.respondent,
        better=first.version.facts.better,
        lowest=first.version.facts.lowest,
        highest=first.version.facts.highest,
        readings=tuple(by_day[day] for day in sorted(by_day)),
    )


_VERSIONS: Any = select(
    ScaleVersion.id,
    ScaleVersion.scale_id,
    Scale.code,
    Scale.name.label("scale_name"),
    Scale.is_built_in,
    ScaleVersion.number,
    ScaleVersion.label,
    ScaleVersion.items,
    ScaleVersion.better,
    ScaleVersion.respondents,
    ScaleVersion.bands,
    ScaleVersion.source,
    ScaleVersion.licence,
    ScaleVersion.is_in_use,
    ScaleVersion.created_by_name,
).join(Scale, Scale.id == ScaleVersion.scale_id)


def _version(row: Any) -> VersionRow:
    facts = ScaleFacts(
        items=tuple(
            Item(one["code"], one["label"], one["lowest"], one["highest"], one["counts"], Better(one["better"]))
            for one in row.items
        ),
        better=row.better,
        respondents=tuple(Respondent(one) for one in row.respondents),
        bands={
            Respondent(who): tuple(Band(up_to, label) for up_to, label in bands) for who, bands in row.bands.items()
        },
    )
    return VersionRow(
        row.id, row.scale_id, row.code, row.scale_name, row.is_built_in, row.number, row.label, facts, row.source,
        row.licence, row.is_in_use, row.created_by_name,
    )  # fmt: skip


def _score(row: Any) -> ScoreRow:
    return ScoreRow(
        row.score_id, PersonId(row.person_id), _version(row), row.respondent, row.scored_on, dict(row.points),
        row.total, row.note, row.recorded_by_name, row.struck_why,
    )  # fmt: skip
