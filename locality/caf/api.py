"""What other rooms may ask of the CAF room.

Episodes: ``open_episode`` (a referral that is accepted opens one by itself), ``name_lead``, ``add_team_member``,
``end_role``, ``close_episode``; ``open_episode_of`` a family, ``episodes_about`` children.
The CAF: ``start_assessment``, ``save_header``, ``save_element``, ``save_conclusion``, ``save_comments``,
``record_voice``, ``complete_assessment``; ``record_imported_assessment`` takes in what another system holds, once.
Plan and reviews: ``add_action``, ``update_action``, ``plan_review``, ``record_review``.
After writing episodes in bulk call ``keep_caseload`` for each, or write the caseload's rows in bulk too.
"""

from locality.caf.operations.assessing import complete_assessment, save_header, start_assessment
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.closing import close_episode
from locality.caf.operations.commands import (
    AcceptedFrom,
    AddAction,
    AddTeamMember,
    CloseEpisode,
    ImportedAssessment,
    NameLead,
    OpenEpisode,
    PlanReview,
    RecordReview,
    RecordVoice,
    SaveComments,
    SaveConclusion,
    SaveElement,
    SaveHeader,
    StartAssessment,
    UpdateAction,
    WithoutAgreement,
)
from locality.caf.operations.concluding import save_comments, save_conclusion
from locality.caf.operations.elements import save_element
from locality.caf.operations.importing import Imported, record_imported_assessment
from locality.caf.operations.leaving import give_back_questions
from locality.caf.operations.membership import add_team_member
from locality.caf.operations.opening import open_episode
from locality.caf.operations.planning import add_action, update_action
from locality.caf.operations.reviewing import plan_review, record_review
from locality.caf.operations.roles import end_role, name_lead
from locality.caf.operations.voices import record_voice
from locality.caf.queries.cases import EpisodeSummary, episodes_about, open_episode_of
from locality.caf.queries.plan import voices_to_cite
from locality.caf.queries.voice_share import VoiceShare, voice_share
from locality.caf.rules.answers import Answer
from locality.caf.rules.elements import CHILD_ELEMENTS, ELEMENTS, SHARED_ELEMENTS
from locality.caf.rules.quality import SMALL_NUMBER, hidden_among
from locality.caf.rules.reviews import TimeLimits, use_limits
from locality.caf.rules.sittings import CHILD_TOOLS
from locality.caf.rules.sittings import Answer as SittingAnswer
from locality.caf.rules.sittings import all_words as sitting_words
from locality.caf.rules.sittings import questions_of as child_questions
from locality.caf.rules.voice_fit import suits
from locality.caf.rules.words import (
    ActionStatus,
    AssessmentState,
    Capacity,
    CaseRoleKind,
    ClosureRating,
    ClosureReason,
    ConclusionLevel,
    EpisodeOrigin,
    EpisodeState,
    Evidence,
    NotObtained,
    Responsible,
    ReviewState,
    VoiceReaders,
    VoiceTool,
)

__all__ = [
    "CHILD_ELEMENTS",
    "CHILD_TOOLS",
    "ELEMENTS",
    "SHARED_ELEMENTS",
    "SMALL_NUMBER",
    "AcceptedFrom",
    "ActionStatus",
    "AddAction",
    "AddTeamMember",
    "Answer",
    "AssessmentState",
    "Capacity",
    "CaseRoleKind",
    "CloseEpisode",
    "ClosureRating",
    "ClosureReason",
    "ConclusionLevel",
    "EpisodeOrigin",
    "EpisodeState",
    "EpisodeSummary",
    "Evidence",
    "Imported",
    "ImportedAssessment",
    "NameLead",
    "NotObtained",
    "OpenEpisode",
    "PlanReview",
    "RecordReview",
    "RecordVoice",
    "Responsible",
    "ReviewState",
    "SaveComments",
    "SaveConclusion",
    "SaveElement",
    "SaveHeader",
    "SittingAnswer",
    "StartAssessment",
    "TimeLimits",
    "UpdateAction",
    "VoiceReaders",
    "VoiceShare",
    "VoiceTool",
    "WithoutAgreement",
    "add_action",
    "add_team_member",
    "child_questions",
    "close_episode",
    "complete_assessment",
    "end_role",
    "episodes_about",
    "give_back_questions",
    "hidden_among",
    "keep_caseload",
    "name_lead",
    "open_episode",
    "open_episode_of",
    "plan_review",
    "record_imported_assessment",
    "record_review",
    "record_voice",
    "save_comments",
    "save_conclusion",
    "save_element",
    "save_header",
    "sitting_words",
    "start_assessment",
    "suits",
    "update_action",
    "use_limits",
    "voice_share",
    "voices_to_cite",
]  # fmt: skip
