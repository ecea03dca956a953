"""The audit of a CAF's quality: its score, who may audit, and which figures may be shown. Pure.

The score is that of the Nottinghamshire form: ``A × 100 / (39 − B)`` with A the items met and B those that do not
apply (domain reference 1.11). The list of items is data; with another list its number stands in place of 39.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from locality.kernel.errors import Reason

SMALL_NUMBER = 5  # audits; a figure that rests on fewer could point at a person
ITEMS_OF_THE_FORM = 39


class Answer(StrEnum):
    """What an auditor says to an item."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


ANSWER_LABELS = {Answer.YES: "Yes", Answer.NO: "No", Answer.NOT_APPLICABLE: "Does not apply"}


class Standing(StrEnum):
    """As whom somebody audits."""

    PEER = "peer"
    MANAGER = "manager"


STANDING_LABELS = {Standing.PEER: "A peer", Standing.MANAGER: "A manager"}


@dataclass(frozen=True, slots=True)
class QualityItem:
    """One item of the form; ``code`` is its place, like 4.2."""

    code: str
    section: str
    label: str


@dataclass(frozen=True, slots=True)
class QualityScore:
    """What an audit comes to."""

    yes: int
    not_applicable: int
    items: int = ITEMS_OF_THE_FORM

    @property
    def asked(self) -> int:
        """How many items applied."""
        return self.items - self.not_applicable

    @property
    def percent(self) -> Fraction | None:
        """A × 100 / (items − B), exactly; None where nothing applied."""
        return Fraction(self.yes * 100, self.asked) if self.asked else None


def score_of(items: Sequence[QualityItem], answers: Mapping[str, Answer]) -> QualityScore:
    """The score of an audit; every item must be answered."""
    said = [answers[item.code] for item in items]
    return QualityScore(said.count(Answer.YES), said.count(Answer.NOT_APPLICABLE), len(items))


def reasons_against_audit(
    items: Sequence[QualityItem], answers: Mapping[str, Answer | None], *, is_author: bool, to_improve: str
) -> tuple[Reason, ...]:
    """Why an audit cannot be kept: nobody audits their own CAF, every item has an answer, a no says what would help."""
    if is_author:
        return (Reason(None, "You wrote this CAF. Ask a colleague or your manager to audit it"),)
    reasons = [
        Reason(answer_field(item.code), f"Select an answer for {item.code}, {item.label[0].lower()}{item.label[1:]}")
        for item in items
        if answers.get(item.code) is None
    ]
    if Answer.NO in answers.values() and not to_improve:
        reasons.append(Reason("to_improve", "Enter what would make it better"))
    return tuple(reasons)


def answer_field(code: str) -> str:
    """The name of the field in which an item is answered."""
    return f"item-{code.replace('.', '-')}"


# --- Figures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """Audits of one cluster in one month."""

    place: str
    month: dt.date
    audits: int
    yes: int
    asked: int


def shown(cells: Iterable[Cell]) -> dict[tuple[str, dt.date], Cell | None]:
    """The cells that may be shown; None stands for one that is hidden.

    Small ones are hidden, and the next smallest with them as long as those hidden in a month are one alone or too few
    together: otherwise the total gives them away.
    """
    by_month: dict[dt.date, list[Cell]] = {}
    for cell in cells:
        if cell.audits:
            by_month.setdefault(cell.month, []).append(cell)
    found: dict[tuple[str, dt.date], Cell | None] = {}
    for month, row in by_month.items():
        ordered = sorted(row, key=lambda cell: (cell.audits, cell.place))
        hidden = hidden_among([cell.audits for cell in ordered])
        for place, cell in enumerate(ordered):
            found[cell.place, month] = None if place in hidden else cell
    return found


def hidden_among(sizes: Sequence[int]) -> frozenset[int]:
    """Which of some figures that add up to a total are hidden, by their place; ``sizes`` is what each rests on.

    Small ones are, and the next smallest with them as long as the total less what is shown would point at a person.
    """
    order = sorted(range(len(sizes)), key=lambda place: (sizes[place], place))
    hidden = sum(size < SMALL_NUMBER for size in sizes)
    while 0 < hidden < len(order) and _gives_away([sizes[place] for place in order[:hidden]]):
        hidden += 1
    return frozenset(order[:hidden])


def _gives_away(hidden: Sequence[int]) -> bool:
    """Whether a total less what is shown would point at a person."""
    return len(hidden) == 1 or sum(hidden) < SMALL_NUMBER


def percent_of(yes: int, asked: int) -> int | None:
    """Items met of those that applied, as a whole percentage; None where nothing applied."""
    return round(100 * yes / asked) if asked else None
