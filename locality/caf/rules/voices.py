"""What a record of a child's voice needs, and what a sitting needs before it is done."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from locality.caf.rules.words import NotObtained, VoiceReaders, VoiceTool
from locality.kernel.errors import Reason


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """A child's view as a worker wants to record it."""

    tool: VoiceTool
    own_words: str
    present: str
    recorded_on: dt.date
    not_obtained: NotObtained | None = None
    not_obtained_note: str = ""
    next_try_on: dt.date | None = None
    readers: VoiceReaders | None = VoiceReaders.TEAM
    spoke_for: str = ""
    has_file: bool = False


def reasons_against_voice(facts: VoiceFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why this is not yet a record of the child's voice."""
    if facts.recorded_on > today:
        return (Reason("recorded_on", "The date must be today or in the past"),)
    if facts.tool is VoiceTool.NOT_OBTAINED:
        return _reasons_against_silence(facts, today=today)
    reasons = []
    if not facts.own_words and not facts.has_file:
        reasons.append(Reason("own_words", "Enter what the child said, showed or drew, as they put it"))
    if facts.tool is VoiceTool.ADVOCATE and not facts.spoke_for:
        reasons.append(Reason("spoke_for", "Enter who spoke with or for the child"))
    if not facts.present:
        reasons.append(Reason("present", "Enter who else was there, or “nobody else”"))
    if facts.readers is None:
        reasons.append(Reason("readers", "Select who may read it"))
    return tuple(reasons)


def _reasons_against_silence(facts: VoiceFacts, *, today: dt.date) -> tuple[Reason, ...]:
    reasons = []
    if facts.own_words:
        reasons.append(Reason("own_words", "You wrote what the child said: select how you heard it, not “could not”"))
    if facts.not_obtained is None:
        reasons.append(Reason("not_obtained", "Select why the child’s views could not be found out"))
    if facts.not_obtained is NotObtained.OTHER and not facts.not_obtained_note:
        reasons.append(Reason("not_obtained_note", "Enter the reason"))
    if facts.next_try_on is None:
        reasons.append(Reason("next_try_on", "Enter when you will try again"))
    elif facts.next_try_on < today:
        reasons.append(Reason("next_try_on", "The next try must be today or in the future"))
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class SeeingChoice:
    """Whom a child lets see one thing: words, or pictures and recordings. ``chosen`` are ids of helpers."""

    readers: VoiceReaders | None
    chosen: frozenset[str] = frozenset()


def reasons_against_seeing(choice: SeeingChoice, *, helpers: Collection[str], field: str) -> tuple[Reason, ...]:
    """Why a child's choice of who may see something is not yet one."""
    if choice.readers is None:
        return (Reason(field, "Choose who may see it"),)
    if choice.readers is not VoiceReaders.CHOSEN:
        return ()
    if not choice.chosen:
        return (Reason(f"{field}_people", "Choose at least one person"),)
    if not choice.chosen <= set(helpers):
        return (Reason(f"{field}_people", "Choose from the people shown"),)
    return ()


def reasons_against_finishing(*, was_told: bool, has_said: bool) -> tuple[Reason, ...]:
    """Why a sitting cannot be finished: the one exception was not explained, or nothing was said."""
    reasons = []
    if not was_told:
        reasons.append(Reason(None, "Read “Before we start” first"))
    if not has_said:
        reasons.append(Reason(None, "Nothing was said or drawn yet"))
    return tuple(reasons)
