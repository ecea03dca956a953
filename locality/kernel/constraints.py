"""Database constraints in words: what a violated constraint means to the person who filled in the form."""

from sqlalchemy.exc import IntegrityError

from locality.kernel.errors import Conflict, Reason

_WORDS: dict[str, Reason] = {}


def say(constraint: str, *, field: str | None, message: str) -> None:
    """Register the sentence for a constraint's name and the form field that it belongs to."""
    _WORDS[constraint] = Reason(field, message)


def conflict_from(error: IntegrityError) -> Conflict | None:
    """The conflict that a violated constraint stands for; None when no room has given it words."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    reason = _WORDS.get(name or "")
    return None if reason is None else Conflict([reason])
