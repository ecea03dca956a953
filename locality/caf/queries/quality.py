"""Reading audits of quality: what is asked, what was found, and the figures by month."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.caf.models import (
    Assessment,
    CaseRole,
    Episode,
    QualityAudit,
    QualityForm,
    QualityItemMonth,
    QualityMonth,
)
from locality.caf.rules.quality import Answer, Cell, QualityItem, QualityScore, Standing
from locality.caf.rules.words import AssessmentState, CaseRoleKind
from locality.clusters.models import Cluster
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, AssessmentId, ClusterId, EpisodeId, PersonId

_WROTE = (CaseRoleKind.ASSESSOR, CaseRoleKind.CO_ASSESSOR)


@dataclass(frozen=True, slots=True)
class FormRow:
    """The items that an audit asks, in order."""

    id: uuid.UUID
    number: int
    items: tuple[QualityItem, ...]

    @property
    def sections(self) -> tuple[tuple[str, tuple[QualityItem, ...]], ...]:
        """The items under their headings."""
        found: dict[str, list[QualityItem]] = {}
        for item in self.items:
            found.setdefault(item.section, []).append(item)
        return tuple((title, tuple(items)) for title, items in found.items())


def current_form(session: Session) -> FormRow:
    """The form that is asked now; one statement."""
    row = session.execute(select(QualityForm).order_by(QualityForm.number.desc()).limit(1)).scalar_one()
    return _form(row)


def get_form(session: Session, form_id: uuid.UUID) -> FormRow:
    """One form; raises ``NotFound``."""
    row = session.execute(select(QualityForm).where(QualityForm.id == form_id)).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such list of items")
    return _form(row)


@dataclass(frozen=True, slots=True)
class Subject:
    """A CAF as an audit sees it: whose it is, and everybody who wrote it."""

    id: AssessmentId
    reference: str
    version_no: int
    state: AssessmentState
    episode_id: EpisodeId
    about: tuple[PersonId, ...]
    cluster_id: ClusterId
    author_id: AccountId | None
    author_name: str
    writers: frozenset[uuid.UUID]


def get_subject(session: Session, assessment_id: AssessmentId) -> Subject:
    """A CAF with its authors; raises ``NotFound``. One statement."""
    writers = (
        select(func.array_agg(CaseRole.account_id))
        .where(CaseRole.episode_id == Assessment.episode_id, CaseRole.kind.in_(_WROTE))
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Assessment.id, Assessment.reference, Assessment.version_no, Assessment.state, Assessment.episode_id,
            Assessment.about, Episode.cluster_id, Assessment.assessor_account_id, Assessment.assessor_name,
            writers.label("writers"),
        )
        .join(Episode, Episode.id == Assessment.episode_id)
        .where(Assessment.id == assessment_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound("There is no such CAF, or none that you may see")
    wrote = {one for one in (row.assessor_account_id, *(row.writers or ())) if one is not None}
    return Subject(
        id=row.id,
        reference=row.reference,
        version_no=row.version_no,
        state=row.state,
        episode_id=row.episode_id,
        about=tuple(row.about),
        cluster_id=row.cluster_id,
        author_id=row.assessor_account_id,
        author_name=row.assessor_name,
        writers=frozenset(wrote),
    )


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What somebody found in a CAF."""

    id: uuid.UUID
    assessment_id: AssessmentId
    caf_reference: str
    version_no: int
    form_id: uuid.UUID
    author_id: AccountId | None
    author_name: str
    auditor_name: str
    standing: Standing
    answers: dict[str, Answer]
    score: QualityScore
    done_well: str
    to_improve: str
    audited_on: dt.date
    read_at: dt.datetime | None
    reply: str


def list_audits(session: Session, assessment_id: AssessmentId) -> tuple[AuditRow, ...]:
    """The audits of a CAF, the latest first; one statement."""
    rows = session.scalars(
        select(QualityAudit)
        .where(QualityAudit.assessment_id == assessment_id)
        .order_by(QualityAudit.recorded_at.desc(), QualityAudit.id)
    )
    return tuple(_audit(row) for row in rows)


def find_audit(session: Session, audit_id: uuid.UUID) -> AuditRow | None:
    """One audit; None where there is none to be seen."""
    row = session.execute(select(QualityAudit).where(QualityAudit.id == audit_id)).scalar_one_or_none()
    return None if row is None else _audit(row)


def audit_facts(session: Session, actor: Actor, *, audit_id: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about an audit: its author may read it whatever else they may see."""
    row = session.execute(
        select(QualityAudit.about, QualityAudit.author_id).where(QualityAudit.id == audit_id)
    ).one_or_none()
    if row is None:
        return None
    holders = [] if row.author_id is None else [row.author_id]
    return facts_about(session, actor, row.about, record=("quality_audit", audit_id), holders=holders)


def quality_cells(session: Session, *, since: dt.date) -> tuple[Cell, ...]:
    """Audits by cluster and month from a month on; one statement."""
    rows = session.execute(
        select(Cluster.name, QualityMonth.month, QualityMonth.audits, QualityMonth.yes, QualityMonth.asked)
        .join(Cluster, Cluster.id == QualityMonth.cluster_id)
        .where(QualityMonth.month >= since)
        .order_by(Cluster.name, QualityMonth.month)
    )
    return tuple(Cell(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class ItemFigure:
    """How often an item was met among those it applied to."""

    item: QualityItem
    yes: int
    no: int


def item_figures(session: Session, form: FormRow, *, since: dt.date) -> tuple[ItemFigure, ...]:
    """How often each item of a form was met from a month on, in the form's order; one statement."""
    rows = session.execute(
        select(QualityItemMonth.item, func.sum(QualityItemMonth.yes), func.sum(QualityItemMonth.no))
        .where(QualityItemMonth.form_id == form.id, QualityItemMonth.month >= since)
        .group_by(QualityItemMonth.item)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in rows}
    return tuple(ItemFigure(item, *found[item.code]) for item in form.items if item.code in found)


def weakest(figures: Sequence[ItemFigure], *, least: int, most: int) -> tuple[ItemFigure, ...]:
    """The items met least often, of those asked at least ``least`` times."""
    enough = [one for one in figures if one.yes + one.no >= least and one.no]
    return tuple(sorted(enough, key=lambda one: (one.yes / (one.yes + one.no), one.item.code))[:most])


def _form(row: QualityForm) -> FormRow:
    return FormRow(
        row.id, row.number, tuple(QualityItem(one["code"], one["section"], one["label"]) for one in row.items)
    )


def _audit(row: QualityAudit) -> AuditRow:
    return AuditRow(
        row.id, AssessmentId(row.assessment_id), row.caf_reference, row.version_no, row.form_id,
        None if row.author_id is None else AccountId(row.author_id), row.author_name, row.auditor_name, row.standing,
        {code: Answer(answer) for code, answer in row.answers.items()},
        QualityScore(row.yes, row.not_applicable, row.items), row.done_well, row.to_improve, row.audited_on,
        row.read_at, row.reply,
    )  # fmt: skip
