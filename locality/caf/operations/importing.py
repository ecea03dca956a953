"""Assessments that another system holds: each comes in once, and its child goes on through the main job."""

from dataclasses import dataclass

from sqlalchemy import func, insert, select

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.caf.models import Assessment, AssessmentSource, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import ImportedAssessment, OpenEpisode
from locality.caf.operations.loading import raise_if
from locality.caf.operations.opening import open_episode
from locality.caf.operations.placing import cluster_for, family_for
from locality.caf.queries.cases import open_episode_of
from locality.caf.rules.importing import reasons_against_dates
from locality.caf.rules.words import AssessmentState, EpisodeOrigin
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import AssessmentId, ClusterId, EpisodeId, FamilyId, PersonId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one imported assessment; ``is_new`` is False when it had come in before."""

    assessment_id: AssessmentId
    episode_id: EpisodeId
    is_new: bool


def record_imported_assessment(uow: UnitOfWork, command: ImportedAssessment) -> Imported:
    """Take in one assessment of another system; the same ``external_key`` again changes nothing.

    The child joins the family's open episode, or one is opened. Assessments of brothers and sisters without a
    completion date are one draft, to go on with. Raises ``RuleBroken`` with a reason for what cannot be used.
    """
    with elevated(uow.session, "taking in what another system holds"):
        known = _find(uow, command.external_key)
        if known is not None:
            return known
        raise_if(reasons_against_dates(command.started_on, command.completed_on, today=uow.today))
        family_id = command.family_id or family_for(uow, [command.person_id])
        episode_id = _episode(uow, command, family_id)
        draft = None if command.completed_on else _draft_of(uow, episode_id)
        assessment_id = draft or _insert(uow, command, episode_id)
        _note(uow, command, assessment_id)
        keep_caseload(uow, episode_id)
        return Imported(assessment_id, episode_id, is_new=True)


def _find(uow: UnitOfWork, external_key: str) -> Imported | None:
    row = uow.session.execute(
        select(Assessment.id, Assessment.episode_id)
        .join(AssessmentSource, AssessmentSource.assessment_id == Assessment.id)
        .where(AssessmentSource.external_key == external_key)
    ).one_or_none()
    return None if row is None else Imported(AssessmentId(row.id), EpisodeId(row.episode_id), is_new=False)


def _episode(uow: UnitOfWork, command: ImportedAssessment, family_id: FamilyId) -> EpisodeId:
    present = open_episode_of(uow.session, family_id)
    if present is not None and _is_about(uow, present, command.person_id):
        return present
    opening = OpenEpisode(
        family_id=family_id,
        children=(command.person_id,),
        stage=command.stage,
        cluster_id=command.cluster_id or _cluster_of(uow, command.person_id),
        why=f"Assessment by {command.organisation or 'another organisation'}, taken over from another system",
        opened_on=command.started_on,
    )
    return open_episode(uow, opening, origin=EpisodeOrigin.IMPORT)


def _is_about(uow: UnitOfWork, episode_id: EpisodeId, person_id: PersonId) -> bool:
    about = uow.session.scalar(select(Episode.about).where(Episode.id == episode_id)) or []
    return person_id in about


def _cluster_of(uow: UnitOfWork, person_id: PersonId) -> ClusterId:
    cluster_id, how = cluster_for(uow, [person_id])
    if cluster_id is None:
        raise RuleBroken([Reason("cluster", how)])
    return cluster_id


def _draft_of(uow: UnitOfWork, episode_id: EpisodeId) -> AssessmentId | None:
    found = uow.session.scalar(
        select(Assessment.id).where(Assessment.episode_id == episode_id, Assessment.state == AssessmentState.DRAFT)
    )
    return None if found is None else AssessmentId(found)


def _insert(uow: UnitOfWork, command: ImportedAssessment, episode_id: EpisodeId) -> AssessmentId:
    assessment_id = AssessmentId(new_id())
    is_complete = command.completed_on is not None
    about = uow.session.execute(select(Episode.about).where(Episode.id == episode_id)).scalar_one()
    last = uow.session.scalar(select(func.max(Assessment.version_no)).where(Assessment.episode_id == episode_id))
    row = {
        "id": assessment_id, "reference": next_reference(uow.session, "CA"), "episode_id": episode_id,
        "about": [command.person_id] if is_complete else about, "version_no": (last or 0) + 1,
        "state": AssessmentState.COMPLETE if is_complete else AssessmentState.DRAFT,
        "started_on": command.started_on, "completed_on": command.completed_on, "assessor_account_id": None,
        "assessor_name": command.organisation, "organisation": command.organisation, "present": "",
        "what_led": "", "saved_by": None, "saved_by_name": uow.actor.name, "created_at": uow.now, "version": 1,
    }  # fmt: skip
    uow.session.execute(insert(Assessment), [row])
    return assessment_id


def _note(uow: UnitOfWork, command: ImportedAssessment, assessment_id: AssessmentId) -> None:
    source = {
        "external_key": command.external_key, "assessment_id": assessment_id, "person_id": command.person_id
    }  # fmt: skip
    uow.session.execute(insert(AssessmentSource), [source])
    audit.record(uow, "assessment.imported", subjects=[command.person_id], record=("assessment", assessment_id))
    done = command.completed_on is not None
    people.note_story(
        uow,
        [command.person_id],
        happened_on=command.completed_on or command.started_on,
        kind=people.StoryKind.ASSESSMENT,
        line="An assessment was completed elsewhere" if done else "An assessment was begun elsewhere",
        source=command.organisation or None,
        record=("assessment", assessment_id),
    )
