"""The kinds and states of the CAF room, each with the words that people use for it."""

import enum


class EpisodeOrigin(enum.StrEnum):
    """How the episode of early help came about."""

    REFERRAL = "referral"
    IMPORT = "import"


class EpisodeState(enum.StrEnum):
    """An episode is open until its closure is recorded; it is never opened again."""

    OPEN = "open"
    CLOSED = "closed"


class CaseRoleKind(enum.StrEnum):
    """What somebody does in an episode; three of them are easily mixed up and are kept apart.

    The assessor writes the CAF, the lead professional is the family's one contact, an allocated
    worker gives a service. One person may hold several.
    """

    LEAD_PROFESSIONAL = "lead_professional"
    ASSESSOR = "assessor"
    CO_ASSESSOR = "co_assessor"
    TEAM_MEMBER = "team_member"
    ALLOCATED_WORKER = "allocated_worker"
    SUPERVISOR = "supervisor"
    VOLUNTEER = "volunteer"
    CHAIR = "chair"
    FAMILY = "family"


CASE_ROLE_LABELS = {
    CaseRoleKind.LEAD_PROFESSIONAL: "Lead professional",
    CaseRoleKind.ASSESSOR: "Wrote the assessment",
    CaseRoleKind.CO_ASSESSOR: "Wrote the assessment with others",
    CaseRoleKind.TEAM_MEMBER: "Team member",
    CaseRoleKind.ALLOCATED_WORKER: "Allocated worker",
    CaseRoleKind.SUPERVISOR: "Supervisor",
    CaseRoleKind.VOLUNTEER: "Volunteer",
    CaseRoleKind.CHAIR: "Chairs the meetings",
    CaseRoleKind.FAMILY: "Family member",
}

TEAM_ROLES = (
    CaseRoleKind.TEAM_MEMBER,
    CaseRoleKind.ALLOCATED_WORKER,
    CaseRoleKind.CO_ASSESSOR,
    CaseRoleKind.VOLUNTEER,
    CaseRoleKind.CHAIR,
)


class AssessmentState(enum.StrEnum):
    """A draft may change; a complete assessment never does, a later version follows it."""

    DRAFT = "draft"
    COMPLETE = "complete"


class Evidence(enum.StrEnum):
    """How the worker knows what the assessment says."""

    OBSERVED = "observed"
    CHILD_SAID = "child_said"
    PARENT_SAID = "parent_said"
    OTHER_WORKER = "other_worker"


EVIDENCE_LABELS = {
    Evidence.OBSERVED: "I saw it",
    Evidence.CHILD_SAID: "The child said",
    Evidence.PARENT_SAID: "A parent or carer said",
    Evidence.OTHER_WORKER: "Another worker said",
}

SEVERITY_LABELS = {
    0: "No need",
    1: "Some need",
    2: "Considerable need",
    3: "Serious need",
}


class ConclusionLevel(enum.StrEnum):
    """What the assessment concludes for a child; a professional's judgement, never computed."""

    NO_ADDITIONAL_NEEDS = "no_additional_needs"
    SINGLE_SERVICE = "additional_needs_single_service"
    MULTI_SERVICE = "additional_needs_multi_service"
    COMPLEX_NEEDS = "complex_needs"
    RISK_OF_HARM = "risk_of_harm"


CONCLUSION_LABELS = {
    ConclusionLevel.NO_ADDITIONAL_NEEDS: "No additional needs",
    ConclusionLevel.SINGLE_SERVICE: "Additional needs that one service can meet",
    ConclusionLevel.MULTI_SERVICE: "Additional needs that several services must meet together",
    ConclusionLevel.COMPLEX_NEEDS: "Complex needs",
    ConclusionLevel.RISK_OF_HARM: "At risk of significant harm",
}


class VoiceTool(enum.StrEnum):
    """How a child's views were sought, by age and ability."""

    OBSERVATION = "observation"
    PICTORIAL_SCALE = "pictorial_scale"
    THREE_HOUSES = "three_houses"
    MY_STAR = "my_star"
    APP_OR_WEB = "app_or_web"
    TALKING_MATS = "talking_mats"
    SYMBOLS_SIGN = "symbols_sign"
    DIRECT_WORDS = "direct_words"
    SDQ_SELF = "sdq_self"
    LEARNING_DIARY = "learning_diary"
    STATEMENTS = "statements"
    ADVOCATE = "advocate"
    NOT_OBTAINED = "not_obtained"


VOICE_TOOL_LABELS = {
    VoiceTool.OBSERVATION: "Watching how they play, feel and respond",
    VoiceTool.PICTORIAL_SCALE: "Faces, ladder or traffic lights",
    VoiceTool.THREE_HOUSES: "Three houses: worries, good things, dreams",
    VoiceTool.MY_STAR: "A star chart for children",
    VoiceTool.APP_OR_WEB: "A statement sent from an app or website",
    VoiceTool.TALKING_MATS: "Symbols placed on a mat",
    VoiceTool.SYMBOLS_SIGN: "Symbol cards, signs or eye-gaze",
    VoiceTool.DIRECT_WORDS: "Talking, a letter, a recording",
    VoiceTool.SDQ_SELF: "Strengths and difficulties questionnaire, filled in by the young person",
    VoiceTool.LEARNING_DIARY: "A picture diary",
    VoiceTool.STATEMENTS: "Statements: yes, sometimes, no",
    VoiceTool.ADVOCATE: "An advocate spoke with or for them",
    VoiceTool.NOT_OBTAINED: "Their views could not be found out this time",
}


class NotObtained(enum.StrEnum):
    """Why a child's views could not be found out."""

    UNBORN = "unborn"
    REFUSED = "refused"
    NOT_SEEN = "not_seen"
    UNSAFE_TO_ASK = "unsafe_to_ask"
    OTHER = "other"


NOT_OBTAINED_LABELS = {
    NotObtained.UNBORN: "The baby is not born yet",
    NotObtained.REFUSED: "They did not want to",
    NotObtained.NOT_SEEN: "They have not been seen",
    NotObtained.UNSAFE_TO_ASK: "It was not safe to ask",
    NotObtained.OTHER: "Another reason",
}


class VoiceReaders(enum.StrEnum):
    """Whom the child lets see what they said or drew; safeguarding is the one exception."""

    TEAM = "team"
    CHOSEN = "chosen"
    LEAD_ONLY = "lead_only"


VOICE_READER_LABELS = {
    VoiceReaders.TEAM: "Everyone who is helping",
    VoiceReaders.CHOSEN: "Only the people they chose",
    VoiceReaders.LEAD_ONLY: "Only the person who wrote it down and the lead professional",
}


class SittingState(enum.StrEnum):
    """A sitting is open, however often it is paused, until the child has said who may see what came of it."""

    OPEN = "open"
    FINISHED = "finished"


class Responsible(enum.StrEnum):
    """Who has taken on an action; families and children take on actions too."""

    PROFESSIONAL = "professional"
    FAMILY_MEMBER = "family_member"
    CHILD = "child"
    VOLUNTEER = "volunteer"


RESPONSIBLE_LABELS = {
    Responsible.PROFESSIONAL: "A worker",
    Responsible.FAMILY_MEMBER: "A parent or other family member",
    Responsible.CHILD: "The child or young person",
    Responsible.VOLUNTEER: "A volunteer",
}


class ActionStatus(enum.StrEnum):
    """How far an action of the plan has come."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"
    NO_LONGER_NEEDED = "no_longer_needed"


ACTION_STATUS_LABELS = {
    ActionStatus.NOT_STARTED: "Not started",
    ActionStatus.IN_PROGRESS: "In progress",
    ActionStatus.DONE: "Done",
    ActionStatus.PARTLY: "Partly done",
    ActionStatus.NOT_DONE: "Not done",
    ActionStatus.NO_LONGER_NEEDED: "No longer needed",
}

ACTION_STATUS_FOR_CHILDREN = {
    ActionStatus.NOT_STARTED: "We will do this",
    ActionStatus.IN_PROGRESS: "We are doing this",
    ActionStatus.DONE: "We did this",
    ActionStatus.PARTLY: "We did some of this",
    ActionStatus.NOT_DONE: "We could not do this",
    ActionStatus.NO_LONGER_NEEDED: "This is not needed any more",
}

OPEN_ACTIONS = frozenset({ActionStatus.NOT_STARTED, ActionStatus.IN_PROGRESS})

OUTCOME_LABELS = {
    1: "Getting a good education",
    2: "Good early years development",
    3: "Better mental and physical health",
    4: "Better managed drug and alcohol use",
    5: "Better family relationships",
    6: "Children safe from abuse and exploitation",
    7: "Away from crime",
    8: "Safe from domestic abuse",
    9: "Secure housing",
    10: "Financial stability",
}
"""The ten headline outcomes of Supporting Families 2022 to 2025, by their national number."""


class ReviewState(enum.StrEnum):
    """A review is planned until it is held; what was held replaces the plan, and a closure cancels it."""

    PLANNED = "planned"
    HELD = "held"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class ClosureReason(enum.StrEnum):
    """Why early help ends."""

    NEEDS_MET_UNIVERSAL = "needs_met_universal"
    NEEDS_MET_SINGLE_AGENCY = "needs_met_single_agency"
    STEPPED_UP_SOCIAL_CARE = "stepped_up_social_care"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NOT_ENGAGED = "not_engaged"
    MOVED_OUT_OF_AREA = "moved_out_of_area"
    REACHED_AGE_LIMIT = "reached_age_limit"
    CHILD_DIED = "child_died"
    DUPLICATE_OR_ERROR = "duplicate_or_error"
    OTHER = "other"


CLOSURE_LABELS = {
    ClosureReason.NEEDS_MET_UNIVERSAL: "Needs met: universal services are enough now",
    ClosureReason.NEEDS_MET_SINGLE_AGENCY: "Needs met: one service goes on helping",
    ClosureReason.STEPPED_UP_SOCIAL_CARE: "Children's social care has taken over",
    ClosureReason.CONSENT_WITHDRAWN: "The family withdrew its agreement",
    ClosureReason.NOT_ENGAGED: "The family could not be reached after several attempts",
    ClosureReason.MOVED_OUT_OF_AREA: "The family moved to another area",
    ClosureReason.REACHED_AGE_LIMIT: "The young person is now too old for the service",
    ClosureReason.CHILD_DIED: "The child has died",
    ClosureReason.DUPLICATE_OR_ERROR: "Opened twice or by mistake",
    ClosureReason.OTHER: "Another reason",
}


class ClosureRating(enum.StrEnum):
    """How much of what was hoped for has been achieved."""

    ALL = "all"
    MOST = "most"
    SOME = "some"
    NONE = "none"


CLOSURE_RATING_LABELS = {
    ClosureRating.ALL: "All of it",
    ClosureRating.MOST: "Most of it",
    ClosureRating.SOME: "Some of it",
    ClosureRating.NONE: "None of it",
}


class Capacity(enum.StrEnum):
    """As whom somebody comments on an assessment."""

    CHILD = "child"
    PARENT = "parent"
