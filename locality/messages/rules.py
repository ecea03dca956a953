"""What a message to somebody outside may be. Pure.

The name of a template begins with whom it is for: ``referrer_outcome`` is the outcome, for a referrer.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LONGEST_ADDRESS = 254  # characters (RFC 5321)
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\.]+")
_SPACE = uuid.UUID("f0d00000-0000-4000-8000-000000000010")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]+")


class MessageState(StrEnum):
    """``kept``: no mail server was set when it should have gone, and it goes as soon as one is."""

    WAITING = "waiting"
    KEPT = "kept"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """A text file that goes with a message; ``kind`` is its media type, like ``text/calendar``."""

    name: str
    kind: str
    content: str


KIND_WORDS: Mapping[str, str] = {
    "asker": "Somebody who asks for help",
    "family": "Family",
    "referrer": "Referrer",
    "partner": "Partner agency",
    "public": "Member of the public",
    "worker": "Worker",
}


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address and nothing else."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def id_of(key: str) -> uuid.UUID:
    """The id of the message with a key: the same key is the same message, whoever queues it and however often."""
    return uuid.uuid5(_SPACE, key)


def kind_of(template: str) -> str:
    """What kind of person a template is for, in words: "Referrer"."""
    return KIND_WORDS.get(template.partition("_")[0], "Somebody else")


def purpose_of(template: str) -> str:
    """What a template says, in a word or two: "Outcome"."""
    return template.partition("_")[2].replace("_", " ").capitalize() or "Message"


def one_line(text: str) -> str:
    """A text as one line without control characters, as a header needs it."""
    return " ".join(_CONTROL.sub(" ", text.replace("\n", " ")).split())


def plain(text: str) -> str:
    """A text without control characters, its line breaks kept."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
