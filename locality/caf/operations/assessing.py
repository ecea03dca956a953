"""A CAF from its start to its completion; a complete one never changes, a next version follows it."""

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.caf.models import Assessment, Episode
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import SaveHeader, StartAssessment
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import draft_row, open_episode_row, raise_if
from locality.caf.operations.reviewing import plan_first_review
from locality.caf.operations.telling import Line, tell
from locality.caf.operations.told import keep_said
from locality.caf.queries.agreement import agreement_to_assess
from locality.caf.queries.closing import referrals_not_started
from locality.caf.queries.completion import completion_facts
from locality.caf.queries.sections import SavedHeader, get_assessment
from locality.caf.rules.answers import too_long
from locality.caf.rules.completion import reasons_not_to_complete
from locality.caf.rules.starting import reasons_not_to_start
from locality.caf.rules.words import AssessmentState
from locality.kernel.errors import Conflict, Reason
from locality.kernel.ids import AssessmentId, EpisodeId, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import api as referrals


class HeaderOvertaken(Conflict):
    """A colleague saved the header in the meantime; ``current`` is theirs."""

    def __init__(self, current: SavedHeader) -> None:
        super().__init__([Reason(None, f"{current.saved_by_name} has saved this page in the meantime")])
        self.current = current


def start_assessment(uow: UnitOfWork, command: StartAssessment) -> AssessmentId:
    """Begin a CAF, or its next version, for all children of an open episode.

    Raises ``RuleBroken`` while no agreement is recorded or another draft is open.
    """
    episode = open_episode_row(uow, command.episode_id)
    earlier = uow.session.execute(
        select(Assessment.id, Assessment.version_no, Assessment.state)
        .where(Assessment.episode_id == command.episode_id)
        .order_by(Assessment.version_no.desc())
    ).all()
    if command.assessment_id in {row.id for row in earlier}:
        return command.assessment_id
    raise_if(
        reasons_not_to_start(
            has_agreement=agreement_to_assess(uow.session, episode.about, today=uow.today) is not None,
            has_draft=any(row.state is AssessmentState.DRAFT for row in earlier),
            started_on=command.started_on,
            opened_on=episode.opened_on,
            today=uow.today,
        )
        + too_long("present", command.present)
        + too_long("what_led", command.what_led)
    )
    version_no = 1 + max((row.version_no for row in earlier), default=0)
    uow.session.execute(insert(Assessment), [_row(uow, command, episode, version_no=version_no)])
    tell(
        uow,
        "assessment.started",
        about=episode.about,
        record=("assessment", command.assessment_id),
        detail={"version": version_no},
    )
    _start_referrals(uow, command.episode_id)
    keep_caseload(uow, command.episode_id)
    return command.assessment_id


def _row(uow: UnitOfWork, command: StartAssessment, episode: Episode, *, version_no: int) -> dict[str, object]:
    return {
        "id": command.assessment_id, "reference": next_reference(uow.session, "CA"), "episode_id": episode.id,
        "about": episode.about, "version_no": version_no, "state": AssessmentState.DRAFT,
        "started_on": command.started_on, "assessor_account_id": uow.actor.account_id,
        "assessor_name": uow.actor.name, "organisation": "", "present": command.present,
        "what_led": command.what_led, "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name,
        "created_at": uow.now, "version": 1,
    }  # fmt: skip


def _start_referrals(uow: UnitOfWork, episode_id: EpisodeId) -> None:
    with elevated(uow.session, "the referrals behind an episode, which its lead professional need not open"):
        waiting = referrals_not_started(uow.session, episode_id)
    for referral_id in waiting:
        referrals.start_referral(uow, referral_id)


def save_header(uow: UnitOfWork, command: SaveHeader) -> int:
    """Save who was present and what led to the assessment; returns the new version.

    Raises ``HeaderOvertaken`` when another text was saved in the meantime.
    """
    raise_if(too_long("present", command.present) + too_long("what_led", command.what_led))
    try:
        assessment = shown_header(uow, command)
    except HeaderOvertaken as overtaken:
        if (overtaken.current.present, overtaken.current.what_led) == (command.present, command.what_led):
            return overtaken.current.version
        raise
    if assessment.saved_by != uow.actor.account_id:
        facts = {"present": assessment.present, "what_led": assessment.what_led}
        keep_earlier(
            uow,
            Replaced(
                ("assessment", assessment.id), assessment.about, assessment.version, facts, assessment.saved_by_name
            ),
        )
    assessment.present, assessment.what_led = command.present, command.what_led
    assessment.saved_by, assessment.saved_by_name = uow.actor.account_id, uow.actor.name
    assessment.version += 1
    uow.session.flush()
    tell(uow, "assessment.header_saved", about=assessment.about, record=("assessment", assessment.id))
    return assessment.version


def shown_header(uow: UnitOfWork, command: SaveHeader) -> Assessment:
    """The draft, locked; raises ``HeaderOvertaken`` when it is not what the page showed."""
    assessment = draft_row(uow, command.assessment_id, lock=True)
    if assessment.version != command.version:
        raise HeaderOvertaken(
            SavedHeader(
                assessment.present,
                assessment.what_led,
                assessment.version,
                assessment.saved_by_name,
                assessment.saved_by,
            )
        )
    return assessment


def complete_assessment(uow: UnitOfWork, assessment_id: AssessmentId) -> None:
    """Complete a CAF: from now on it stays as it is, and the first review is due in six weeks.

    Raises ``RuleBroken`` with everything that is still missing.
    """
    assessment = draft_row(uow, assessment_id, lock=True)
    row = get_assessment(uow.session, assessment_id)
    with elevated(uow.session, "whether each child was heard, also in words kept from the actor"):
        facts = completion_facts(uow.session, row, today=uow.today)
    raise_if(reasons_not_to_complete(facts))
    assessment.state = AssessmentState.COMPLETE
    assessment.completed_on = uow.today
    assessment.version += 1
    uow.session.flush()
    tell(
        uow,
        "assessment.completed",
        about=assessment.about,
        record=("assessment", assessment_id),
        line=Line(
            people.StoryKind.ASSESSMENT,
            "The assessment was completed" if assessment.version_no == 1 else "The assessment was brought up to date",
        ),
    )
    keep_said(uow, assessment_id)
    plan_first_review(uow, episode_id=EpisodeId(assessment.episode_id), about=assessment.about)
    keep_caseload(uow, EpisodeId(assessment.episode_id))
