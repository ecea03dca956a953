"""What an examination of an installation finds."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a finding is marked; only ``WRONG`` makes the examination fail."""

    RIGHT = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is, whether it is right, what was seen and, if need be, the cure."""

    subject: str
    verdict: Verdict
    said: str
    cure: str = ""

    def lines(self) -> str:
        """As it is printed."""
        said = f"{self.verdict:<6} {self.subject:<12} {self.said}"
        return f"{said}\n{'':<20}Cure: {self.cure}" if self.cure else said


def right(subject: str, said: str) -> Finding:
    """Looked at, and as it should be."""
    return Finding(subject, Verdict.RIGHT, said)


def note(subject: str, said: str, *, cure: str = "") -> Finding:
    """Worth knowing, not wrong."""
    return Finding(subject, Verdict.NOTE, said, cure)


def wrong(subject: str, said: str, *, cure: str) -> Finding:
    """Wrong, and what to do."""
    return Finding(subject, Verdict.WRONG, said, cure)
