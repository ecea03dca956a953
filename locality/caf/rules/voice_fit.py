"""Which tools suit a child of an age and with these needs, and why; a suggestion, never a bar. Pure.

Ages are practice, not law (three houses: Weld and Greening's guide; faces: 3 to 8 and learning disability). The measure
"heard by a tool suited to age and need" counts a tool that suits here.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass

from locality.caf.rules.words import VoiceTool


class Need(enum.StrEnum):
    """What makes it easier or harder for a child to say what they think."""

    FEW_WORDS = "few_words"
    SYMBOLS = "symbols"
    LEARNING = "learning"
    WRITING = "writing"
    SIGHT = "sight"
    HEARING = "hearing"
    HANDS = "hands"
    LANGUAGE = "language"
    WARY = "wary"


NEED_LABELS = {
    Need.FEW_WORDS: "Uses few words or none",
    Need.SYMBOLS: "Uses symbols, signs or pictures to talk",
    Need.LEARNING: "Has a learning disability",
    Need.WRITING: "Finds reading or writing hard",
    Need.SIGHT: "Cannot see pictures well",
    Need.HEARING: "Is deaf or hard of hearing",
    Need.HANDS: "Finds it hard to use their hands",
    Need.LANGUAGE: "Speaks another language best",
    Need.WARY: "Does not find it easy to talk to workers",
}


class Fit(enum.IntEnum):
    """How well a tool suits."""

    HARD = 0
    POSSIBLE = 1
    GOOD = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tool, how well it suits, and why, in a sentence for the worker."""

    tool: VoiceTool
    fit: Fit
    why: str


# Usual ages in whole years, both bounds included; None is "no bound".
AGES: dict[VoiceTool, tuple[int | None, int | None]] = {
    VoiceTool.OBSERVATION: (None, 3),
    VoiceTool.LEARNING_DIARY: (None, 5),
    VoiceTool.PICTORIAL_SCALE: (3, 8),
    VoiceTool.THREE_HOUSES: (4, 12),
    VoiceTool.MY_STAR: (7, 14),
    VoiceTool.STATEMENTS: (8, None),
    VoiceTool.DIRECT_WORDS: (8, None),
    VoiceTool.APP_OR_WEB: (8, None),
    VoiceTool.SDQ_SELF: (11, 17),
    VoiceTool.SYMBOLS_SIGN: (4, None),
    VoiceTool.TALKING_MATS: (4, None),
    VoiceTool.ADVOCATE: (None, None),
}
# What a need makes of a tool: better whatever the age, or hard whatever the age. Hard stands above better.
_HELPED_BY: dict[Need, frozenset[VoiceTool]] = {
    Need.FEW_WORDS: frozenset(
        {VoiceTool.SYMBOLS_SIGN, VoiceTool.TALKING_MATS, VoiceTool.PICTORIAL_SCALE, VoiceTool.OBSERVATION}
    ),
    Need.SYMBOLS: frozenset({VoiceTool.SYMBOLS_SIGN, VoiceTool.TALKING_MATS}),
    Need.LEARNING: frozenset({VoiceTool.PICTORIAL_SCALE, VoiceTool.SYMBOLS_SIGN, VoiceTool.TALKING_MATS}),
    Need.WRITING: frozenset({VoiceTool.THREE_HOUSES, VoiceTool.SYMBOLS_SIGN}),
    Need.SIGHT: frozenset({VoiceTool.DIRECT_WORDS, VoiceTool.ADVOCATE}),
    Need.HEARING: frozenset({VoiceTool.SYMBOLS_SIGN, VoiceTool.THREE_HOUSES}),
    Need.HANDS: frozenset({VoiceTool.PICTORIAL_SCALE, VoiceTool.ADVOCATE}),
    Need.LANGUAGE: frozenset({VoiceTool.SYMBOLS_SIGN, VoiceTool.PICTORIAL_SCALE}),
    Need.WARY: frozenset({VoiceTool.THREE_HOUSES, VoiceTool.ADVOCATE}),
}
_HINDERED_BY: dict[Need, frozenset[VoiceTool]] = {
    Need.FEW_WORDS: frozenset({VoiceTool.DIRECT_WORDS, VoiceTool.SDQ_SELF, VoiceTool.STATEMENTS, VoiceTool.APP_OR_WEB}),
    Need.LEARNING: frozenset({VoiceTool.SDQ_SELF}),
    Need.WRITING: frozenset({VoiceTool.SDQ_SELF}),
    Need.SIGHT: frozenset(
        {VoiceTool.PICTORIAL_SCALE, VoiceTool.SYMBOLS_SIGN, VoiceTool.TALKING_MATS, VoiceTool.THREE_HOUSES}
    ),
    Need.HANDS: frozenset({VoiceTool.THREE_HOUSES}),
}
_YOUNGEST_SAYING = 3  # below, nobody can choose a face: what they show is watched


def suggest(age: int | None, needs: Collection[Need] = ()) -> tuple[Suggestion, ...]:
    """Every tool, those that suit best first; ``age`` in whole years, None when not known.

    Among those that suit equally, one that helps with more of the needs stands first.
    """
    found = [_suggestion(tool, age, needs) for tool in AGES]
    return tuple(sorted(found, key=lambda one: (-one.fit, -_helped_by(one.tool, needs))))  # else the table's order


def suits(tool: VoiceTool, age: int | None, needs: Collection[Need] = ()) -> bool:
    """Whether a tool suited, for the measure; "not obtained" never does."""
    return tool in AGES and _suggestion(tool, age, needs).fit is Fit.GOOD


def _suggestion(tool: VoiceTool, age: int | None, needs: Collection[Need]) -> Suggestion:
    hindering = [need for need in Need if need in needs and tool in _HINDERED_BY.get(need, ())]
    if hindering:
        return Suggestion(tool, Fit.HARD, f"May be hard: {_lower(hindering[0])}")
    helping = [need for need in Need if need in needs and tool in _HELPED_BY.get(need, ())]
    is_too_young = age is not None and age < _YOUNGEST_SAYING and tool in _SAID
    if helping and not is_too_young:
        return Suggestion(tool, Fit.GOOD, f"Fits: {_lower(helping[0])}")
    if age is None:
        return Suggestion(tool, Fit.POSSIBLE, f"Usual {_ages(tool)}. The age is not known")
    if _is_usual(tool, age):
        return Suggestion(tool, Fit.GOOD, f"Fits: usual {_ages(tool)}")
    return Suggestion(tool, Fit.POSSIBLE, f"Usual {_ages(tool)}")


def _helped_by(tool: VoiceTool, needs: Collection[Need]) -> int:
    return sum(tool in _HELPED_BY.get(need, ()) for need in needs)


_SAID = frozenset(AGES) - {VoiceTool.OBSERVATION, VoiceTool.LEARNING_DIARY, VoiceTool.ADVOCATE}


def _is_usual(tool: VoiceTool, age: int) -> bool:
    lowest, highest = AGES[tool]
    return (lowest is None or age >= lowest) and (highest is None or age <= highest)


def _ages(tool: VoiceTool) -> str:
    lowest, highest = AGES[tool]
    if lowest is None:
        return "at any age" if highest is None else f"up to {highest} years"
    return f"from {lowest} years" if highest is None else f"from {lowest} to {highest} years"


def _lower(need: Need) -> str:
    label = NEED_LABELS[need]
    return label[0].lower() + label[1:]
