"""The parts of a record and the reasons for which somebody may see them (design 4)."""

import uuid
from enum import StrEnum


class Part(StrEnum):
    """A compartment of a person's record."""

    IDENTITY = "identity"
    WHEREABOUTS = "whereabouts"
    HIDDEN_WHEREABOUTS = "hidden_whereabouts"  # an address marked do-not-disclose
    STORY = "story"
    ASSESSMENT = "assessment"
    HEALTH = "health"
    PLAN = "plan"
    VOICE = "voice"
    RESTRICTED = "restricted"
    REFERRER = "referrer"


class GrantReason(StrEnum):
    """The fact from which a grant follows; when the fact ends, the grant ends."""

    FRONT_DOOR = "front_door"
    LEAD_PROFESSIONAL = "lead_professional"
    TEAM_AROUND_CHILD = "team_around_child"
    RECEIVING_SERVICE = "receiving_service"
    CLUSTER_AGREEMENT = "cluster_agreement"
    SUPERVISOR = "supervisor"
    MANAGEMENT = "management"
    COVER = "cover"
    BREAK_GLASS = "break_glass"
    RECORDED_IT = "recorded_it"
    SEES_TO_REFERRAL = "sees_to_referral"
    AFTER_CLOSURE = "after_closure"
    QUALITY_AUDIT = "quality_audit"


REASON_WORDS: dict[GrantReason, str] = {
    GrantReason.FRONT_DOOR: "the front door is working on a contact about them",
    GrantReason.LEAD_PROFESSIONAL: "you are their lead professional",
    GrantReason.TEAM_AROUND_CHILD: "you are in the team around them",
    GrantReason.RECEIVING_SERVICE: "your service has been asked to help them",
    GrantReason.CLUSTER_AGREEMENT: "the family agreed to share with your cluster team",
    GrantReason.SUPERVISOR: "you supervise the work with them",
    GrantReason.MANAGEMENT: "they are helped in the area that you manage",
    GrantReason.COVER: "you are covering for their lead professional",
    GrantReason.BREAK_GLASS: "you opened the record in an emergency",
    GrantReason.RECORDED_IT: "you recorded it",
    GrantReason.SEES_TO_REFERRAL: "you were asked to see to a referral about them",
    GrantReason.AFTER_CLOSURE: "help for them ended within a year in the area that you manage",
    GrantReason.QUALITY_AUDIT: "you were asked to audit one assessment of theirs",
}

# The same reasons as a lead professional or the data-protection lead reads them of others.
OTHERS_REASONS: dict[GrantReason, str] = {
    GrantReason.FRONT_DOOR: "Front door, working on a contact",
    GrantReason.LEAD_PROFESSIONAL: "Lead professional",
    GrantReason.TEAM_AROUND_CHILD: "Team around the child",
    GrantReason.RECEIVING_SERVICE: "Service that was asked to help",
    GrantReason.CLUSTER_AGREEMENT: "Cluster team, by the family’s agreement",
    GrantReason.SUPERVISOR: "Supervisor",
    GrantReason.MANAGEMENT: "Managers of the area",
    GrantReason.COVER: "Covers for the lead professional",
    GrantReason.BREAK_GLASS: "Opened it in an emergency",
    GrantReason.RECORDED_IT: "Recorded a hidden address or number",
    GrantReason.SEES_TO_REFERRAL: "Asked to see to a late or disputed referral",
    GrantReason.AFTER_CLOSURE: "Managers of the area, for a year after help ended",
    GrantReason.QUALITY_AUDIT: "Asked to audit one assessment, read without names",
}

# Grants to the front door as a whole, whoever is on duty. A fixed id, so that grants need no look-up.
FRONT_DOOR = uuid.UUID("f0d00000-0000-4000-8000-000000000001")
_MANAGEMENT_SPACE = uuid.UUID("f0d00000-0000-4000-8000-000000000002")


def management_of(cluster_id: uuid.UUID) -> uuid.UUID:
    """The principal under which supervisors and managers of a cluster hold grants."""
    return uuid.uuid5(_MANAGEMENT_SPACE, str(cluster_id))
