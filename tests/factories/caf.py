"""Made-up families whom early help reaches, made by the same operations that pages use."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.caf.operations.assessing import complete_assessment, start_assessment
from locality.caf.operations.commands import (
    AddAction,
    NameLead,
    OpenEpisode,
    RecordVoice,
    SaveComments,
    SaveConclusion,
    SaveElement,
    StartAssessment,
)
from locality.caf.operations.concluding import save_comments, save_conclusion
from locality.caf.operations.elements import save_element
from locality.caf.operations.opening import open_episode
from locality.caf.operations.planning import add_action
from locality.caf.operations.roles import name_lead
from locality.caf.operations.voices import record_voice
from locality.caf.rules.answers import Answer
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.words import ConclusionLevel, Evidence, Responsible, VoiceTool
from locality.clusters.models import Cluster, Team
from locality.consent import api as consent
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.ids import (
    AccountId,
    AssessmentId,
    EpisodeId,
    FamilyId,
    PersonId,
    PlanActionId,
    VoiceEntryId,
    new_id,
)
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_team, a_worker, an_agency

BORN = dt.date(2018, 2, 1)
MUM = "Grace Adeyemi"


@dataclass(frozen=True)
class Helpers:
    """One cluster with a lead professional, a colleague in the same team, a supervisor and a manager."""

    cluster: Cluster
    team: Team
    lead_account: Account
    colleague_account: Account
    manager_account: Account
    lead: Actor
    colleague: Actor
    manager: Actor


def helpers(session: Session, *, cluster_name: str = "Shoebury") -> Helpers:
    """A small cluster at work."""
    cluster = a_cluster(session, name=cluster_name, prefixes=("SS3",))
    team = a_team(session, agency=an_agency(session, name=f"{cluster_name} Health"), cluster=cluster)
    manages = Scope(Role.MANAGER, ScopeKind.CLUSTER, cluster.id)
    lead = an_account(session, name="Amira Khan", job_title="Health visitor", roles=[Role.LEAD_PROFESSIONAL])
    colleague = an_account(session, name="Sean Byrne", job_title="Teacher", roles=[Role.LEAD_PROFESSIONAL])
    manager = an_account(session, name="Ruth Cole", job_title="Cluster manager", roles=[manages])
    for account in (lead, colleague, manager):
        a_worker(session, account, team=team)
    return Helpers(
        cluster=cluster,
        team=team,
        lead_account=lead,
        colleague_account=colleague,
        manager_account=manager,
        lead=an_actor(lead, Role.LEAD_PROFESSIONAL),
        colleague=an_actor(colleague, Role.LEAD_PROFESSIONAL),
        manager=an_actor(manager, manages),
    )


@dataclass(frozen=True)
class Household:
    """A family on record: its children and the mother, who has parental responsibility."""

    id: FamilyId
    children: tuple[PersonId, ...]
    mother: PersonId


def a_family(unit: UnitOfWork, *, names: Sequence[str] = ("Leah",), family_name: str = "Adeyemi") -> Household:
    """A mother and her children, all of them eight."""
    mother = people.create_person(
        unit,
        people.NewPerson(
            kind=people.PersonKind.ADULT, given_name="Grace", family_name=family_name, born_on=dt.date(1990, 4, 2)
        ),
    )
    children = tuple(
        people.create_person(
            unit,
            people.NewPerson(kind=people.PersonKind.CHILD, given_name=name, family_name=family_name, born_on=BORN),
        )
        for name in names
    )
    family_id = people.create_family(unit, name=family_name, members=[mother, *children])
    for child in children:
        people.give_parental_responsibility(
            unit, people.NewResponsibility(child_id=child, adult_id=mother, basis=people.PrBasis.BIRTH_MOTHER)
        )
    return Household(family_id, children, mother)


def an_agreement(unit: UnitOfWork, family: Household, *, cluster_team: bool = False) -> None:
    """The mother agrees to an assessment and to sharing with those who help."""
    purposes = frozenset(
        {consent.Purpose.ASSESS, consent.Purpose.STORE, consent.Purpose.SHARE_BASIC, consent.Purpose.SHARE_ADDITIONAL}
    )
    consent.record_agreement(
        unit,
        family.id,
        consent.Terms(
            people=family.children,
            given_by=family.mother,
            capacity=consent.Capacity.PR_HOLDER,
            purposes=purposes,
            cluster_team=cluster_team,
            explained_how="Talked through at home",
            method=consent.Method.WET_INK_HELD,
            signed_on=unit.today,
            review_due_on=unit.today + dt.timedelta(days=180),
        ),
    )


def an_episode(unit: UnitOfWork, family: Household, cluster: Cluster, *, stage: int = 3) -> EpisodeId:
    """Early help has begun for all children of a family."""
    return open_episode(
        unit,
        OpenEpisode(
            family_id=family.id, children=family.children, stage=stage, cluster_id=cluster.id, why="Front door"
        ),
    )


def a_led_episode(
    unit: UnitOfWork, at_work: Helpers, *, names: Sequence[str] = ("Leah",), agreed: bool = True
) -> tuple[EpisodeId, Household]:
    """An episode with a lead professional, and the family's agreement unless told otherwise."""
    family = a_family(unit, names=names)
    episode_id = an_episode(unit, family, at_work.cluster)
    name_lead(unit, NameLead(episode_id, AccountId(at_work.lead_account.id), ""))
    if agreed:
        an_agreement(unit, family)
    return episode_id, family


def a_draft(unit: UnitOfWork, episode_id: EpisodeId) -> AssessmentId:
    """A CAF just begun."""
    return start_assessment(
        unit,
        StartAssessment(
            assessment_id=AssessmentId(new_id()),
            episode_id=episode_id,
            started_on=unit.today,
            present="Leah and her mother",
            what_led="Leah is often late and tired",
        ),
    )


def fill_in(unit: UnitOfWork, assessment_id: AssessmentId, children: Sequence[PersonId]) -> None:
    """Answer everything that a CAF asks for."""
    for element in ELEMENTS:
        for child in [None] if element.is_shared else children:
            answer = Answer(strengths=f"Strong in {element.name}", needs="Sleep", evidence=(Evidence.OBSERVED,))
            save_element(unit, SaveElement(assessment_id, element.code, child, 0, answer))
    for child in children:
        a_voice(unit, assessment_id, child)
        save_conclusion(
            unit,
            SaveConclusion(
                assessment_id, child, 0, ConclusionLevel.MULTI_SERVICE, "Sleep and attendance belong together"
            ),
        )
        save_comments(unit, SaveComments(assessment_id, child, "I want to sleep", "That is right", MUM))


def a_voice(unit: UnitOfWork, assessment_id: AssessmentId, child: PersonId, **changes: object) -> VoiceEntryId:
    """What a child said to her worker."""
    usual: dict[str, object] = {
        "voice_id": VoiceEntryId(new_id()),
        "assessment_id": assessment_id,
        "child_id": child,
        "tool": VoiceTool.THREE_HOUSES,
        "recorded_on": unit.today,
        "own_words": "I want to sleep in my own bed",
        "present": "Nobody else",
    }
    return record_voice(unit, RecordVoice(**(usual | changes)))  # type: ignore[arg-type]


def a_complete_caf(unit: UnitOfWork, episode_id: EpisodeId, children: Sequence[PersonId]) -> AssessmentId:
    """A CAF from start to completion."""
    assessment_id = a_draft(unit, episode_id)
    fill_in(unit, assessment_id, children)
    complete_assessment(unit, assessment_id)
    return assessment_id


def an_action(unit: UnitOfWork, episode_id: EpisodeId, **changes: object) -> PlanActionId:
    """Something that the mother will do within a month."""
    usual: dict[str, object] = {
        "action_id": PlanActionId(new_id()),
        "episode_id": episode_id,
        "outcome_wanted": "Leah sleeps through the night",
        "action": "A bedtime of half past seven, screens off at seven",
        "responsible": Responsible.FAMILY_MEMBER,
        "responsible_name": MUM,
        "due_on": unit.today + dt.timedelta(days=28),
        "element_codes": ("D1.1a",),
    }
    return add_action(unit, AddAction(**(usual | changes)))  # type: ignore[arg-type]


def may_look_back_still(session: Session) -> None:
    """Managers' year after the end has not passed: the database has a clock of its own, which no test holds."""
    session.execute(
        update(AccessGrant)
        .where(AccessGrant.reason == GrantReason.AFTER_CLOSURE)
        .values(until_at=func.now() + func.make_interval(1)),
        execution_options={"synchronize_session": False},
    )
