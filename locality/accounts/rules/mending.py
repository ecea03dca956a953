"""Background work in words, and when its state is good. Pure."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

# What is due is normally done within a second; a minute is what a restart of the workers takes (trust G1, G4).
YOUNG = dt.timedelta(minutes=1)


class HandOver(StrEnum):
    """How somebody sees to work that the machine gave up. Fixed words, so that no personal data can be typed here."""

    BY_HAND = "by_hand"
    MEND_FIRST = "mend_first"
    NOT_NEEDED = "not_needed"


HAND_OVER_WORDS: dict[HandOver, str] = {
    HandOver.BY_HAND: "They will do it by hand",
    HandOver.MEND_FIRST: "They will put the cause right and try again",
    HandOver.NOT_NEEDED: "They will check that it is no longer needed",
}


def is_healthy(*, oldest_due_at: dt.datetime | None, failed: int, now: dt.datetime) -> bool:
    """Whether background work keeps up: nothing waits for a person and nothing due is older than ``YOUNG``."""
    return failed == 0 and (oldest_due_at is None or now - oldest_due_at < YOUNG)


def age_words(age: dt.timedelta) -> str:
    """How long something has waited: "less than a minute", "4 minutes", "3 hours", "2 days"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    for size, unit in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
    return "less than a minute"


def task_words(task: str, known: Mapping[str, str]) -> str:
    """What a task was meant to do; one that no room describes any more is told from its name."""
    words = known.get(task)
    if words is None:
        room, _, verb = task.partition(".")
        words = f"{verb.replace('_', ' ')} ({room})"
    return words[:1].upper() + words[1:]


_ERROR_WORDS = {
    "MailServerAway": "The mail server was away",
    "MessageRefused": "The mail server would not take it",
    "PerhapsDone": "It may have gone already: ask before you try again",
    "WorkerLost": "The worker was lost at every attempt",
}


def error_words(kind: str | None) -> str | None:
    """What went wrong, for whoever decides what to do next; the kind itself where nothing better is known."""
    return None if kind is None else _ERROR_WORDS.get(kind, kind)
