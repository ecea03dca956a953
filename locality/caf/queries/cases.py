"""Where an episode stands: the one statement behind its pages, its next step and its line in the caseload."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from locality.access.facts import AccessFacts
from locality.access.scope import facts_about
from locality.caf.models import (
    Assessment,
    CaseRole,
    ElementAnswer,
    Episode,
    EpisodeChild,
    EpisodeReferral,
    PlanAction,
    Review,
    VoiceEntry,
)
from locality.caf.queries.agreement import agreement_to_assess
from locality.caf.rules.completion import elements_in_all
from locality.caf.rules.steps import CaseFacts, NextStep, next_step
from locality.caf.rules.words import (
    OPEN_ACTIONS,
    TEAM_ROLES,
    AssessmentState,
    CaseRoleKind,
    EpisodeOrigin,
    EpisodeState,
    ReviewState,
    VoiceTool,
)
from locality.clusters.models import Cluster
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, AssessmentId, ClusterId, EpisodeId, FamilyId, LocalityId, PersonId
from locality.people.models import Family

NO_EPISODE = "There is no such episode, or none that you may see"


@dataclass(frozen=True, slots=True)
class Case:
    """An episode of early help, whose it is, and how far its work has come."""

    id: EpisodeId
    reference: str
    family_id: FamilyId
    family_name: str
    cluster_id: ClusterId
    cluster_name: str
    locality_id: LocalityId
    about: tuple[PersonId, ...]
    origin: EpisodeOrigin
    state: EpisodeState
    opened_on: dt.date
    closed_on: dt.date | None
    lead_account_id: AccountId | None
    lead_name: str | None
    lead_since: dt.date | None
    draft_id: AssessmentId | None
    draft_answers: int
    complete_id: AssessmentId | None
    completed_on: dt.date | None
    actions: int
    open_actions: int
    planned_review_on: dt.date | None
    last_review_on: dt.date | None
    last_voice_on: dt.date | None
    team_size: int
    kept_line: str
    kept_on: dt.date | None

    @property
    def is_open(self) -> bool:
        """Whether help goes on."""
        return self.state is EpisodeState.OPEN

    @property
    def answers_in_all(self) -> int:
        """How many answers the CAF asks for with these children."""
        return elements_in_all(self.about)


@dataclass(frozen=True, slots=True)
class FullCase(Case):
    """A case with the family's agreement, without which nobody can say what it needs next."""

    agreed_on: dt.date | None
    shares_with_cluster: bool

    @property
    def facts(self) -> CaseFacts:
        """What the rules ask about the case."""
        return CaseFacts(
            opened_on=self.opened_on,
            has_lead=self.lead_name is not None,
            agreed_on=self.agreed_on,
            draft_answers=None if self.draft_id is None else self.draft_answers,
            answers_in_all=self.answers_in_all,
            completed_on=self.completed_on,
            actions=self.actions,
            planned_review_on=self.planned_review_on,
        )

    @property
    def next_step(self) -> NextStep | None:
        """What the case needs next; None when it is closed."""
        return next_step(self.facts) if self.is_open else None


def get_case(session: Session, episode_id: uuid.UUID) -> Case:
    """Where an episode stands; one statement. Raises ``NotFound`` when there is none that the actor may see."""
    return Case(**_values(session, episode_id))


def get_full_case(session: Session, episode_id: uuid.UUID, *, today: dt.date) -> FullCase:
    """Where an episode stands, with the family's agreement; two statements. Raises ``NotFound``."""
    values = _values(session, episode_id)
    agreement = agreement_to_assess(session, values["about"], today=today)
    return FullCase(
        **values,
        agreed_on=None if agreement is None else agreement.terms.signed_on,
        shares_with_cluster=agreement is not None and agreement.covers_cluster_team,
    )


def _values(session: Session, episode_id: uuid.UUID) -> dict[str, Any]:
    row = _CASE.one_or_none(session, episode_id=episode_id)
    if row is None:
        raise NotFound(NO_EPISODE)
    return {**row._asdict(), "about": tuple(row.about)}


def episode_facts(session: Session, actor: Actor, *, episode_id: EpisodeId, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about an episode; the services that accepted its referrals hold it too."""
    row = _FACTS.one_or_none(session, episode_id=episode_id)
    if row is None:
        return None
    places = [row.cluster_id, row.locality_id]
    return facts_about(
        session, actor, row.about, record=("episode", episode_id), holders=row.services or (), places=places
    )


_SERVICES = (
    select(func.array_agg(EpisodeReferral.service_id)).where(EpisodeReferral.episode_id == Episode.id).scalar_subquery()
)
_FACTS = direct.Prepared(
    select(Episode.about, Episode.cluster_id, Episode.locality_id, _SERVICES.label("services")).where(
        Episode.id == bindparam("episode_id")
    )
)


def person_facts(session: Session, actor: Actor, *, person_id: PersonId, **_others: uuid.UUID) -> AccessFacts:
    """What the policy asks about a child whose help is shown."""
    return facts_about(session, actor, [person_id], record=("person", person_id))


def open_episode_of(session: Session, family_id: FamilyId) -> EpisodeId | None:
    """The open episode of a family; there is at most one."""
    found = session.execute(
        select(Episode.id).where(Episode.family_id == family_id, Episode.state == EpisodeState.OPEN)
    ).scalar_one_or_none()
    return None if found is None else EpisodeId(found)


def with_children(people: Iterable[uuid.UUID]) -> Select[EpisodeId]:
    """The episodes that any of these children are in, as a sub-select.

    Not by ``about``: under row-level security only plain equality may use an index.
    """
    return select(EpisodeChild.episode_id).where(EpisodeChild.person_id.in_(list(people)))


def open_episode_about(session: Session, person_id: PersonId) -> EpisodeId | None:
    """The open episode that a child is in; the latest, should the child belong to two families."""
    found = session.execute(
        select(Episode.id)
        .where(Episode.id.in_(with_children([person_id])), Episode.state == EpisodeState.OPEN)
        .order_by(Episode.opened_on.desc(), Episode.id)
        .limit(1)
    ).scalar_one_or_none()
    return None if found is None else EpisodeId(found)


@dataclass(frozen=True, slots=True)
class EpisodeSummary:
    """An episode in one line, for a person's or a family's page."""

    id: EpisodeId
    reference: str
    family_id: FamilyId
    cluster_id: ClusterId
    state: EpisodeState
    opened_on: dt.date
    closed_on: dt.date | None
    lead_name: str | None


def episodes_about(session: Session, people: Iterable[PersonId]) -> tuple[EpisodeSummary, ...]:
    """The episodes about any of these children, the latest first."""
    rows = session.execute(
        select(
            Episode.id, Episode.reference, Episode.family_id, Episode.cluster_id, Episode.state, Episode.opened_on,
            Episode.closed_on, _LEAD.name,
        )
        .outerjoin(_LEAD, _IS_LEAD)
        .where(Episode.id.in_(with_children(people)))
        .order_by(Episode.opened_on.desc(), Episode.id)
    )  # fmt: skip
    return tuple(EpisodeSummary(*row) for row in rows)


_LEAD = aliased(CaseRole)
_IS_LEAD = and_(_LEAD.episode_id == Episode.id, _LEAD.kind == CaseRoleKind.LEAD_PROFESSIONAL, _LEAD.until_on.is_(None))
_DRAFT = aliased(Assessment)
_IS_DRAFT = and_(_DRAFT.episode_id == Episode.id, _DRAFT.state == AssessmentState.DRAFT)


def _latest_complete(column: Any) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(Assessment.episode_id == Episode.id, Assessment.state == AssessmentState.COMPLETE)
        .order_by(Assessment.version_no.desc())
        .limit(1)
        .scalar_subquery()
    )


def _answers_given() -> ScalarSelect[int]:
    given = (ElementAnswer.strengths != "") | (ElementAnswer.needs != "") | ElementAnswer.is_not_discussed
    return (
        select(func.count())
        .select_from(ElementAnswer)
        .where(ElementAnswer.assessment_id == _DRAFT.id, given)
        .scalar_subquery()
    )


def _actions(*conditions: Any) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(PlanAction)
        .where(PlanAction.episode_id == Episode.id, *conditions)
        .scalar_subquery()
    )


def _review_day(column: Any, state: ReviewState) -> ScalarSelect[Any]:
    return select(func.max(column)).where(Review.episode_id == Episode.id, Review.state == state).scalar_subquery()


_LAST_VOICE = (
    select(func.max(VoiceEntry.recorded_on))
    .where(VoiceEntry.episode_id == Episode.id, VoiceEntry.tool != VoiceTool.NOT_OBTAINED)
    .scalar_subquery()
)
_TEAM_SIZE = (
    select(func.count())
    .select_from(CaseRole)
    .where(CaseRole.episode_id == Episode.id, CaseRole.until_on.is_(None), CaseRole.kind.in_(TEAM_ROLES))
    .scalar_subquery()
)
_CASE = direct.Prepared(
    select(
        Episode.id,
        Episode.reference,
        Episode.family_id,
        Family.name.label("family_name"),
        Episode.cluster_id,
        Cluster.name.label("cluster_name"),
        Episode.locality_id,
        Episode.about,
        Episode.origin,
        Episode.state,
        Episode.opened_on,
        Episode.closed_on,
        _LEAD.account_id.label("lead_account_id"),
        _LEAD.name.label("lead_name"),
        _LEAD.from_on.label("lead_since"),
        _DRAFT.id.label("draft_id"),
        _answers_given().label("draft_answers"),
        _latest_complete(Assessment.id).label("complete_id"),
        _latest_complete(Assessment.completed_on).label("completed_on"),
        _actions().label("actions"),
        _actions(PlanAction.status.in_(OPEN_ACTIONS)).label("open_actions"),
        _review_day(Review.due_on, ReviewState.PLANNED).label("planned_review_on"),
        _review_day(Review.held_on, ReviewState.HELD).label("last_review_on"),
        _LAST_VOICE.label("last_voice_on"),
        _TEAM_SIZE.label("team_size"),
        Episode.next_step_line.label("kept_line"),
        Episode.next_step_on.label("kept_on"),
    )
    .join(Family, Family.id == Episode.family_id)
    .join(Cluster, Cluster.id == Episode.cluster_id)
    .outerjoin(_LEAD, _IS_LEAD)
    .outerjoin(_DRAFT, _IS_DRAFT)
    .where(Episode.id == bindparam("episode_id"))
)
