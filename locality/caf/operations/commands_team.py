"""What can be asked about working together: goals, meetings, the lead, scores, needs and the audit of quality.

Ids of new records come with the command, made by the form, so that sending twice makes one record.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from locality.caf.rules.meetings import Attendance, MeetingKind
from locality.caf.rules.outcomes import Achieved, Occasion
from locality.caf.rules.quality import Answer
from locality.caf.rules.scales import Better, Respondent
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId


@dataclass(frozen=True, slots=True)
class AddGoal:
    """What needs to change for some children, how everybody will know, and how it should look at review."""

    goal_id: uuid.UUID
    episode_id: EpisodeId
    change_wanted: str
    how_we_know: str
    at_review: str = ""
    element_codes: tuple[str, ...] = ()
    outcome_code: int | None = None
    children: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class AskToLead:
    """A worker is asked to take the lead over from whoever has it."""

    request_id: uuid.UUID
    episode_id: EpisodeId
    account_id: AccountId
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerLead:
    """The answer of a worker who was asked to lead."""

    request_id: uuid.UUID
    accepts: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class ArrangeMeeting:
    """People are asked to a meeting; ``guests`` are roles of the team, ``people`` members of the family."""

    meeting_id: uuid.UUID
    episode_id: EpisodeId
    kind: MeetingKind
    on: dt.date
    at: dt.time
    minutes: int
    place: str
    purpose: str = ""
    guests: tuple[uuid.UUID, ...] = ()
    people: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveMeeting:
    """A meeting is held at another time or place; ``version`` is the one that was shown."""

    meeting_id: uuid.UUID
    version: int
    on: dt.date
    at: dt.time
    minutes: int
    place: str


@dataclass(frozen=True, slots=True)
class CancelMeeting:
    """A meeting is called off."""

    meeting_id: uuid.UUID
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """The meeting at which a review was held, and for each guest whether they came."""

    meeting_id: uuid.UUID
    attendance: Mapping[uuid.UUID, Attendance]


@dataclass(frozen=True, slots=True)
class RecordScore:
    """What a scale gave for a child on one day."""

    score_id: uuid.UUID
    episode_id: EpisodeId
    child_id: PersonId
    version_id: uuid.UUID
    respondent: Respondent
    scored_on: dt.date
    points: Mapping[str, int | None]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DefineScale:
    """A local scale, or (with ``scale_id``) the next version of one."""

    version_id: uuid.UUID
    name: str
    items: tuple[tuple[str, int, int], ...]
    better: Better
    respondents: tuple[Respondent, ...]
    licence: str
    scale_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class RecordNeed:
    """A need under one of the ten outcome headings."""

    need_id: uuid.UUID
    episode_id: EpisodeId
    outcome_code: int | None
    need: str
    evidence: str
    identified_on: dt.date
    children: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckNeed:
    """How far a need is met on one day, and how that is known."""

    check_id: uuid.UUID
    episode_id: EpisodeId
    need_id: uuid.UUID
    occasion: Occasion
    achieved: Achieved
    evidence: str
    checked_on: dt.date


@dataclass(frozen=True, slots=True)
class AuditQuality:
    """What a peer or a manager finds in a CAF."""

    audit_id: uuid.UUID
    assessment_id: AssessmentId
    form_id: uuid.UUID
    answers: Mapping[str, Answer | None]
    done_well: str = ""
    to_improve: str = ""
