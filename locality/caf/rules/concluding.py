"""What a conclusion and the family's comments need."""

from locality.caf.rules.answers import too_long
from locality.kernel.errors import Reason


def reasons_against_conclusion(text: str) -> tuple[Reason, ...]:
    """A level without words says nothing to the family."""
    return () if text else (Reason("text", "Enter what you conclude and why"),)


def reasons_against_comments(
    *, child_words: str | None, parent_words: str | None, parent_name: str
) -> tuple[Reason, ...]:
    """Why comments cannot be kept like this; None means that somebody had no wish to comment."""
    reasons = []
    if child_words == "":
        reasons.append(Reason("child_words", "Enter what the child says, or select that they had no wish to comment"))
    if parent_words == "":
        reasons.append(Reason("parent_words", "Enter what the parent says, or select that they had no wish to comment"))
    if parent_words and not parent_name:
        reasons.append(Reason("parent_name", "Enter who said it"))
    return (*reasons, *too_long("child_words", child_words or ""), *too_long("parent_words", parent_words or ""))
