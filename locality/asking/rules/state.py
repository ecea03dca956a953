"""What has become of a request that was sent, in plain words; never what others know or think. Pure."""

from enum import StrEnum


class Progress(StrEnum):
    """How far the front door has come."""

    WAITING = "waiting"
    BEING_READ = "being_read"
    DECIDED = "decided"


PROGRESS_WORDS = {
    Progress.WAITING: "We have it. Nobody has started to read it yet.",
    Progress.BEING_READ: "Somebody in our team is reading it now.",
    Progress.DECIDED: "We have decided what to do next. We will tell you in the way you asked, if we have not yet.",
}


def progress_of(*, is_decided: bool, is_held: bool) -> Progress:
    """How far a contact has come."""
    if is_decided:
        return Progress.DECIDED
    return Progress.BEING_READ if is_held else Progress.WAITING
