"""What a record of a child's voice needs, and which tools fit which age."""

import datetime as dt
from dataclasses import dataclass

from locality.caf.rules.words import NotObtained, VoiceReaders, VoiceTool
from locality.kernel.errors import Reason

# Ages in whole years, lower and upper bound included; None is "no bound". Practice, not law: a
# tool outside its usual age is offered after the others, never refused.
_USUAL_AGES: dict[VoiceTool, tuple[int | None, int | None]] = {
    VoiceTool.OBSERVATION: (None, 3),
    VoiceTool.LEARNING_DIARY: (None, 5),
    VoiceTool.PICTORIAL_SCALE: (3, 8),
    VoiceTool.THREE_HOUSES: (4, 12),
    VoiceTool.MY_STAR: (7, 14),
    VoiceTool.APP_OR_WEB: (8, None),
    VoiceTool.DIRECT_WORDS: (8, None),
    VoiceTool.SDQ_SELF: (11, 17),
    VoiceTool.TALKING_MATS: (None, None),
    VoiceTool.SYMBOLS_SIGN: (None, None),
    VoiceTool.ADVOCATE: (None, None),
}


def tools_for(age: int | None) -> tuple[VoiceTool, ...]:
    """All tools, those usual at this age (in whole years) first; an unborn baby has none.

    ``age`` None means not known: the form's own order.
    """
    if age is None:
        return tuple(VoiceTool)
    usual = [tool for tool in _USUAL_AGES if _fits(tool, age)]
    rest = [tool for tool in _USUAL_AGES if tool not in usual]
    return (*usual, *rest, VoiceTool.NOT_OBTAINED)


def _fits(tool: VoiceTool, age: int) -> bool:
    lowest, highest = _USUAL_AGES[tool]
    return (lowest is None or age >= lowest) and (highest is None or age <= highest)


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


def reasons_against_voice(facts: VoiceFacts, *, today: dt.date) -> tuple[Reason, ...]:
    """Why this is not yet a record of the child's voice."""
    if facts.recorded_on > today:
        return (Reason("recorded_on", "The date must be today or in the past"),)
    if facts.tool is VoiceTool.NOT_OBTAINED:
        return _reasons_against_silence(facts, today=today)
    reasons = []
    if not facts.own_words:
        reasons.append(Reason("own_words", "Enter what the child said, showed or drew, as they put it"))
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
