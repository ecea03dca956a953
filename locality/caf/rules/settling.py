"""What becomes of two texts that were written at the same time. Pure; joining keeps every word of both."""

from collections.abc import Sequence
from dataclasses import dataclass

from locality.caf.rules.answers import Choice, Stretch, differences, join_texts


@dataclass(frozen=True, slots=True)
class Compared:
    """One question of a form with both answers to it, as the page of the conflict shows them."""

    label: str
    mine: str
    theirs: str

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Both as one run of words, with what differs marked."""
        return differences(self.theirs, self.mine)


def settle_text(choice: Choice, *, mine: str, theirs: str) -> str:
    """The text that follows from a choice."""
    if choice is Choice.MINE:
        return mine
    return theirs if choice is Choice.THEIRS else join_texts(theirs, mine)


def settle_wish(choice: Choice, *, mine: str | None, theirs: str | None) -> str | None:
    """What somebody said, or None for no wish to; of both, any words are kept."""
    if choice is Choice.JOIN and mine is not None and theirs is not None:
        return join_texts(theirs, mine)
    if choice is Choice.JOIN:
        return mine if theirs is None else theirs
    return mine if choice is Choice.MINE else theirs


def settle_names(choice: Choice, *, mine: str, theirs: str) -> str:
    """The name that goes with the words; of both, each once."""
    if choice is Choice.MINE:
        return mine
    if choice is Choice.THEIRS:
        return theirs
    return ", ".join(dict.fromkeys(name for name in (theirs, mine) if name))


def settle_worst(choice: Choice, order: Sequence[str], *, mine: str, theirs: str) -> str:
    """The one of two codes that a choice keeps; of both, the more serious, so that no worry is softened by accident.

    ``order`` goes from the least serious to the most.
    """
    if choice is Choice.MINE:
        return mine
    if choice is Choice.THEIRS:
        return theirs
    return max(mine, theirs, key=order.index)
