"""Why somebody may see a record, in words: the parts of a record, and each reason as others are told of it."""

from collections.abc import Iterable, Mapping

from locality.access.parts import GrantReason, Part

# What each part holds, in the order in which a page lists them.
PARTS: Mapping[Part, str] = {
    Part.IDENTITY: "Who they are: names, dates, family",
    Part.STORY: "Their story",
    Part.ASSESSMENT: "The assessment",
    Part.PLAN: "The plan and reviews",
    Part.VOICE: "What they said in their own words",
    Part.HEALTH: "Their health",
    Part.WHEREABOUTS: "Where they live and how to reach them",
    Part.HIDDEN_WHEREABOUTS: "Addresses and numbers that must not be disclosed",
    Part.REFERRER: "Who got in touch about them",
    Part.RESTRICTED: "Restricted notes",
}

# Why a reader sees it, said to the reader; what ends it.
ENDS: Mapping[GrantReason, str] = {
    GrantReason.FRONT_DOOR: "when the front door has decided",
    GrantReason.LEAD_PROFESSIONAL: "when you are no longer their lead professional",
    GrantReason.TEAM_AROUND_CHILD: "when you leave the team, or the family withdraws its agreement",
    GrantReason.RECEIVING_SERVICE: "when your service declines, or its help ends",
    GrantReason.CLUSTER_AGREEMENT: "when the family withdraws its agreement, or help ends",
    GrantReason.SUPERVISOR: "when you no longer supervise the work",
    GrantReason.MANAGEMENT: "when help ends or moves to another area",
    GrantReason.COVER: "when the cover ends",
    GrantReason.BREAK_GLASS: "by itself after a few hours",
    GrantReason.RECORDED_IT: "when what you recorded no longer holds",
    GrantReason.SEES_TO_REFERRAL: "when the referral is answered, or what was disputed is settled",
    GrantReason.AFTER_CLOSURE: "a year after help ended",
    GrantReason.QUALITY_AUDIT: "on the day they were told, or when the audit is sent",
}


def opened(parts: Iterable[Part]) -> tuple[str, ...]:
    """What these parts open, in words."""
    wanted = set(parts)
    return tuple(words for part, words in PARTS.items() if part in wanted)


def closed(parts: Iterable[Part]) -> tuple[str, ...]:
    """What they do not open."""
    return opened(set(PARTS) - set(parts))
