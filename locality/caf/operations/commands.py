"""What can be asked of the CAF room: one frozen command for each verb that takes more than an id.

Ids of new records come with the command, made by the form, so that sending twice makes one record.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from locality.caf.operations.commands_team import Held
from locality.caf.rules.answers import Answer, Choice
from locality.caf.rules.arriving import NO_PAGE, Sending
from locality.caf.rules.closing import SocialCareDecision
from locality.caf.rules.voice_files import Sent
from locality.caf.rules.words import (
    ActionStatus,
    CaseRoleKind,
    ClosureRating,
    ClosureReason,
    ConclusionLevel,
    NotObtained,
    Responsible,
    VoiceReaders,
    VoiceTool,
)
from locality.consent.api import Ground
from locality.kernel.ids import (
    AccountId,
    AssessmentId,
    ClusterId,
    EpisodeId,
    FamilyId,
    PersonId,
    PlanActionId,
    ReferralId,
    ReviewId,
    ServiceId,
    VoiceEntryId,
)


@dataclass(frozen=True, slots=True)
class AcceptedFrom:
    """The referral from which help begins, and the service that accepted it."""

    referral_id: ReferralId
    service_id: ServiceId


@dataclass(frozen=True, slots=True)
class OpenEpisode:
    """Early help begins for these children of a family, all at one stage; today unless a day is given."""

    family_id: FamilyId
    children: tuple[PersonId, ...]
    stage: int
    cluster_id: ClusterId
    why: str
    opened_on: dt.date | None = None
    referral: AcceptedFrom | None = None


@dataclass(frozen=True, slots=True)
class NameLead:
    """A worker becomes lead professional; ``reason`` says why, and why the one before stops."""

    episode_id: EpisodeId
    account_id: AccountId
    reason: str


@dataclass(frozen=True, slots=True)
class WithoutAgreement:
    """Why a worker joins the team though the family has not agreed that their agency is told."""

    ground: Ground
    manager_consulted: str
    family_told: bool
    why_not_told: str = ""


@dataclass(frozen=True, slots=True)
class AddTeamMember:
    """Somebody joins the team: a worker with an account, a family member, or somebody named only.

    ``without`` is a decision to let a worker in without the family's agreement.
    """

    role_id: uuid.UUID
    episode_id: EpisodeId
    kind: CaseRoleKind
    name: str = ""
    account_id: AccountId | None = None
    person_id: PersonId | None = None
    job_title: str = ""
    organisation: str = ""
    contact_details: str = ""
    without: WithoutAgreement | None = None


@dataclass(frozen=True, slots=True)
class StartAssessment:
    """A CAF is begun, or a next version of it."""

    assessment_id: AssessmentId
    episode_id: EpisodeId
    started_on: dt.date
    present: str
    what_led: str


@dataclass(frozen=True, slots=True)
class SaveHeader:
    """Who was present and what led to the assessment; ``version`` is the one that was shown."""

    assessment_id: AssessmentId
    version: int
    present: str
    what_led: str


@dataclass(frozen=True, slots=True)
class SaveElement:
    """What is written under an element; ``version`` 0 means that nothing was there.

    ``sending`` says from which page it comes. Text kept while somebody types is held up by no rule of the form.
    """

    assessment_id: AssessmentId
    code: str
    child_id: PersonId | None
    version: int
    answer: Answer
    sending: Sending = NO_PAGE


@dataclass(frozen=True, slots=True)
class SettleElement:
    """What a worker decides after a colleague saved the same element; ``version`` is the colleague's."""

    assessment_id: AssessmentId
    code: str
    child_id: PersonId | None
    version: int
    mine: Answer
    choice: Choice


@dataclass(frozen=True, slots=True)
class SaveConclusion:
    """What is concluded for one child; ``version`` 0 means that nothing was there."""

    assessment_id: AssessmentId
    child_id: PersonId
    version: int
    level: ConclusionLevel
    text: str
    disagreements: str = ""


@dataclass(frozen=True, slots=True)
class SaveComments:
    """What the child and a parent say about the assessment; None: they did not wish to.

    ``version`` is the one that was shown, 0 when nothing was there; None where nobody else can have written.
    """

    assessment_id: AssessmentId
    child_id: PersonId
    child_words: str | None
    parent_words: str | None
    parent_name: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class RecordVoice:
    """A child's view in the child's own words, or why it could not be found out.

    ``spoke_for`` is the advocate; ``files`` are what the child drew or what was recorded, kept with the words' readers.
    """

    voice_id: VoiceEntryId
    assessment_id: AssessmentId
    child_id: PersonId
    tool: VoiceTool
    recorded_on: dt.date
    own_words: str = ""
    present: str = ""
    readers: VoiceReaders | None = VoiceReaders.TEAM
    not_obtained: NotObtained | None = None
    not_obtained_note: str = ""
    next_try_on: dt.date | None = None
    spoke_for: str = ""
    family_may_see: bool = False
    files: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordReading:
    """How a worker reads what a child said; kept apart from the child's words."""

    reading_id: uuid.UUID
    assessment_id: AssessmentId
    child_id: PersonId
    voice_id: VoiceEntryId
    reading: str


@dataclass(frozen=True, slots=True)
class AddAction:
    """An action of the plan; a role of the team or a family member may carry it."""

    action_id: PlanActionId
    episode_id: EpisodeId
    outcome_wanted: str
    action: str
    responsible: Responsible
    responsible_name: str
    due_on: dt.date
    children: tuple[PersonId, ...] = ()
    element_codes: tuple[str, ...] = ()
    outcome_code: int | None = None
    role_id: uuid.UUID | None = None
    person_id: PersonId | None = None
    voice_id: VoiceEntryId | None = None
    goal_id: uuid.UUID | None = None
    meeting_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class UpdateAction:
    """How far an action has come; ``version`` is the one that was shown."""

    action_id: PlanActionId
    version: int
    status: ActionStatus
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A review is planned for a day, or moved to another."""

    review_id: ReviewId
    episode_id: EpisodeId
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class RecordReview:
    """A review was held; ``next_on`` None when the team means to close.

    ``version`` is how many held reviews the page showed; None where nobody else can have recorded one.
    """

    review_id: ReviewId
    episode_id: EpisodeId
    held_on: dt.date
    present: str
    progress: str
    decisions: str = ""
    next_on: dt.date | None = None
    closes_next: bool = False
    child_comments: str = ""
    parent_comments: str = ""
    version: int | None = None
    next_steps: str = ""
    notes: str = ""
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class CloseEpisode:
    """Early help ends for a family."""

    episode_id: EpisodeId
    reason: ClosureReason
    closed_on: dt.date
    rating: ClosureRating | None = None
    note: str = ""
    social_care_decided_on: dt.date | None = None
    child_views: str = ""
    parent_views: str = ""
    universal_service: str = ""
    way_back: str = ""
    social_care_decision: SocialCareDecision | None = None
    risk_considered: str = ""
    transfer_to: str = ""
    transfer_agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class ImportedAssessment:
    """One early help assessment from another system, for one child.

    ``external_key`` makes a second import change nothing. ``stage`` is where the child is placed
    when no episode is open yet; ``cluster_id`` None means: find it from school or postcode.
    """

    external_key: str
    person_id: PersonId
    started_on: dt.date
    completed_on: dt.date | None
    organisation: str
    stage: int = 2
    family_id: FamilyId | None = None
    cluster_id: ClusterId | None = None
